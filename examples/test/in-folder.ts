// Runs an example's module from its own place, so that it finds its packages, in the folder of a
// copy, so that it finds its files.
const [file = ''] = process.argv.slice(2);
await import(file);
