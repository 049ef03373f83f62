// Starts a program of bin/ on the Node that comes with the project, or says what to do when it is missing.
const needed = 24;
const present = Number(process.versions.node.split(".")[0]);
const [program, ...rest] = process.argv.slice(2);
if (present < needed) {
  console.error(`Veribatch needs Node ${needed}, and this is Node ${process.versions.node}. Run "npm ci" (it installs Node ${needed} beside the project, scripts allowed) and start through npm, or install Node ${needed}.`);
  process.exit(1);
}
process.argv.splice(2, process.argv.length, ...rest);
await import(`./${program}.ts`);
