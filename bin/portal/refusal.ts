/** Something the person who starts the portal can put right: printed as one sentence, exit code 1. */
export class StartRefused extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = "StartRefused";
  }
}
