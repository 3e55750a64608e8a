/** Loaded before a program: on SIGUSR2 it prints which modules have been loaded, as one line of JSON. */
process.on("SIGUSR2", () => {
  process.stdout.write(`${JSON.stringify({ modules: Object.keys(require.cache) })}\n`);
});
