import Link from "next/link";
import { ObstacleList } from "./obstacles.tsx";
import type { Obstacle } from "#lib/signature/obstacle.ts";

type Props = {
  readonly title: string; /** What is signed, in the words that are signed. */ readonly sentence: string;
  /** How an attempt before ended: the refusal's sentence; that the person turned back. */ readonly refused: string | undefined; readonly cancelled: string | undefined;
  /** Digest, time and policy, as terms and details. */ readonly facts: React.ReactNode;
  /** What stands before the signature; the form when nothing does. */ readonly obstacles: readonly Obstacle[]; readonly form: React.ReactNode;
  /** Page of what is signed, and how the way back to it reads. */ readonly address: string; readonly back: string;
  /** More to read before it is signed. */ readonly children?: React.ReactNode;
};

/** What is signed, its digest, and either the form that signs it or everything that stands before it. */
export const SignDialog = ({ title, sentence, refused, cancelled, facts, obstacles, form, address, back, children }: Props) => (
  <div className="page-body">
    <section className="dialog" aria-labelledby="sign-title">
      <header><h1 id="sign-title">{title}</h1></header>
      {refused && obstacles.length === 0 ? <div className="body pb-0"><p className="problem" role="alert">{refused}</p></div> : null}
      {cancelled ? <div className="body pb-0"><p className="notice" role="status">You turned back at the identity provider. Nothing was signed.</p></div> : null}
      <div className="body pb-0"><div><h2>What you sign</h2><p className="sentence">{sentence}</p></div>{children}<dl className="facts-list">{facts}</dl></div>
      {obstacles.length === 0 ? form : (
        <><div className="body"><div className="problem" role="alert"><h2>This cannot be signed now</h2>{refused ? <p>{refused}</p> : null}<ObstacleList obstacles={obstacles} address={address} holders /></div></div>
          <footer><Link className="button primary" href={address}>{back}</Link></footer></>
      )}
    </section>
  </div>
);
