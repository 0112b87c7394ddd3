/**
 * Imported first by the commands that a new checkout begins with: ends with a clear message on a Node.js that is too old. Only syntax that
 * such a Node.js can still read.
 */
const least = [20, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < least[0] || (major === least[0] && minor < least[1])) {
  console.error(
    `Appstead needs Node.js ${least.join('.')} or later, and this is ${process.versions.node}. Install a current one from https://nodejs.org.`,
  );
  process.exit(1);
}
