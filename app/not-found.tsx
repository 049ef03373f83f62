import Link from "next/link";

export default function NotFoundPage() {
  return (
    <main className="dialog"><header><h1>There is nothing here</h1></header>
      <div className="body"><p>The address leads to nothing, or to something your roles do not cover. Check the address, or go back to where you started.</p></div>
      <footer><Link className="button primary" href="/">Go to the start page</Link></footer></main>
  );
}
