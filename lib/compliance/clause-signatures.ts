import { account, auditTrail, batches, document, masters, page, people, queue, sandbox, type Clause } from "./clause.ts";

const providers = document("Identity providers", "docs/identity-providers.md");
const policies = page("Signing", "/people/signing");
const signing = document("Architecture, signing", "docs/architecture.md");

/** Rows 27 to 38: electronic signatures. */
export const signatureClauses: readonly Clause[] = [
  {
    number: 27, regulations: ["21 CFR Part 11"], clause: "21 CFR 11.50(a), (b)", title: "What a signature shows",
    must: "Show printed name, date and time, and meaning wherever the signed record is shown or printed.",
    control: "The three are members of the signed statement; page, PDF and data print them from it.",
    evidence: [batches], state: "claimed",
  },
  {
    number: 28, regulations: ["21 CFR Part 11"], clause: "21 CFR 11.70", title: "A signature belongs to its record",
    must: "Bind the signature to the exact content, so that it cannot be cut out, copied or moved.",
    control: "The statement holds the record's digest and the digest of the signature before it, and is attested over its bytes; a changed byte or another record fails verification.",
    evidence: [batches, sandbox, signing], state: "claimed",
  },
  {
    number: 29, regulations: ["21 CFR Part 11"], clause: "21 CFR 11.100(a), (b)", title: "Unique to one person",
    must: "Give a signature to one person and never to another; verify identity before.",
    control: "A person is issuer and subject of the identity provider; the id is never given again. Who proofed the identity is the provider's record.",
    evidence: [people, providers], state: "claimed",
  },
  {
    number: 30, regulations: ["21 CFR Part 11"], clause: "21 CFR 11.200(a)(1)", title: "Two components",
    must: "Ask for all components at a session's first signing and at each signing outside a continuous session.",
    control: "Each signing asks for the full sign-in at the provider or a passkey with user verification. An idle session ends; an open session alone signs nothing.",
    evidence: [account, providers, signing], state: "claimed",
  },
  {
    number: 31, regulations: ["21 CFR Part 11"], clause: "21 CFR 11.200(a)(2), (3)", title: "Used only by its owner",
    must: "Make use by anybody else need the collaboration of two or more persons.",
    control: "The proof must come from the opener's own subject in his own session. Administrators hold no GMP right, and none of them can obtain a credential that signs for somebody.",
    evidence: [people, auditTrail], state: "claimed",
  },
  {
    number: 32, regulations: ["21 CFR Part 11"], clause: "21 CFR 11.300", title: "Credentials under control, and alarm on misuse",
    must: "Manage loss of authenticators, and report attempts at unauthorised use at once.",
    control: "Five failed attempts that reach us lock signing and alert the security role; a revoked passkey signs no more, and what it signed still verifies. Wrong passwords stay at the identity provider.",
    evidence: [policies, account, auditTrail, providers], state: "claimed",
  },
  {
    number: 33, regulations: ["EU Annex 11, draft 2025"], clause: "Annex 11 draft, electronic signatures", title: "Full re-authentication at signing",
    must: "Re-authenticate as strictly as at sign-in; a changed record shows as no longer signed.",
    control: "The sign-in in use never suffices: the provider is asked anew or the passkey verifies its user. A signature over an earlier state of the record is shown as not covering it.",
    evidence: [policies, batches, signing], state: "claimed",
  },
  {
    number: 34, regulations: ["EU Annex 11", "eIDAS"], clause: "Annex 11, 14", title: "Equal to hand-written, linked, dated",
    must: "Give electronic signatures the weight of hand-written ones inside the company, linked for ever, with date and time.",
    control: "The accountability statement says so; link and time are part of the statement (rows 22, 27, 28).",
    evidence: [batches], state: "claimed",
  },
  {
    number: 35, regulations: ["21 CFR Part 211"], clause: "21 CFR 211.186(a)", title: "A master has two signatures",
    must: "Have one person prepare and sign a master and a second one check and sign it.",
    control: "Author, reviewer and quality are three people, and each signs the version by its digest.", evidence: [masters], state: "claimed",
  },
  {
    number: 36, regulations: ["21 CFR Part 211"], clause: "21 CFR 211.188(b)(11), 211.101(d)", title: "Performed by, verified by",
    must: "Record performer and verifier of each significant step, never the same person; one person where equipment does the work.",
    control: "A step by hand counts as complete with both; who took part in a batch can neither review nor release it.",
    evidence: [batches, queue], state: "claimed", missing: { what: "performing and verifying at the terminal", work: "recipe" },
  },
  {
    number: 37, regulations: ["21 CFR Part 11"], clause: "21 CFR 11.70; order of signatures", title: "Later signatures cover earlier ones",
    must: "Make a removed, inserted or moved signature visible.",
    control: "Each statement names the digest of the one before; the chain is verified as a whole.",
    evidence: [batches, sandbox], state: "claimed",
  },
  {
    number: 38, regulations: ["21 CFR Part 11"], clause: "21 CFR 11.70; withdrawal", title: "Withdrawn, not deleted",
    must: "Never delete a signature; withdraw it by a further signed statement, and show both.",
    control: "A withdrawal is a new signature that names the one it withdraws; both stay in the chain and on the page.",
    evidence: [batches], state: "claimed",
  },
];
