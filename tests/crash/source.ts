import { unitId } from "./installation.ts";

/** A gateway of the plant: sends numbered samples over HTTP until each is acknowledged, from the number it is told; killed at any moment. */
type Handover = { readonly port: number; readonly key: string; readonly from: number };
const settings = await new Promise<Handover>((resolve) => process.once("message", (message) => resolve(message as Handover)));
process.once("disconnect", () => process.exit(0));
process.send?.({ kind: "ready", id: "" });

for (let seq = settings.from; ; seq += 5) {
  const samples = Array.from({ length: 5 }, (_, i) => ({ tag: "ph", seq: seq + i, at: new Date(1_700_000_000_000 + (seq + i) * 1000).toISOString(), value: 7 + ((seq + i) % 50) / 100, unit: "pH", quality: "good", origin: "online" }));
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${settings.port}/api/ingest/v1/samples`, { method: "POST", headers: { authorization: `Bearer ${settings.key}`, "content-type": "application/json" }, body: JSON.stringify({ unit: unitId, samples }), signal: AbortSignal.timeout(3_000) });
      if (response.ok) break;
      if (response.status < 500) process.send?.({ kind: "failure", id: `samples: ${response.status} ${await response.text()}` });
    } catch { /* the portal is gone for a moment: the same samples are sent again */ }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  process.send?.({ kind: "samples", id: String(seq) });
}
