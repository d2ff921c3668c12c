// AsyncAPI's own parser on the documents that DocsCommandTest writes; an error fails, and so does a folder without documents.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, folder] = process.argv.slice(2);
const { Parser } = createRequire(`${modules}/`)("@asyncapi/parser");
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
let errors = 0;
for (const file of files) {
  const { diagnostics } = await new Parser().parse(readFileSync(`${folder}/${file}`, "utf8"));
  // What is no error is advice, such as to take a newer version of AsyncAPI.
  for (const { code, message, path, severity } of diagnostics) {
    if (severity === 0) {
      errors += 1;
      console.log(`${file}: ${code} at /${path.join("/")}: ${message}`);
    }
  }
}
console.log(`validate: ${files.length} AsyncAPI documents, ${errors} errors`);
process.exit(errors || !files.length ? 1 : 0);
