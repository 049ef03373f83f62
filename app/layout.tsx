import type { Metadata } from "next";
import "./styles/globals.css";

export const metadata: Metadata = { title: { default: "Veribatch", template: "%s · Veribatch" }, description: "Batch records, live twins and release for pharmaceutical manufacturing" };
export const dynamic = "force-dynamic";

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return <html lang="en"><body>{children}</body></html>;
}
