// Uploads the files of a folder with Adobe's own client. Arguments: address of the target's folder, folder of files, tries of
// a request, milliseconds before the first repetition. Prints one line of JSON: the names that arrived, those that did not
// with their reasons, and the seconds it took.
"use strict";
console.log = console.error; // the client writes its progress there
const fs = require("fs");
const path = require("path");
const { DirectBinaryUpload, DirectBinaryUploadOptions } = require("@adobe/aem-upload");

async function main([url, folder, tries, delay]) {
  const files = fs.readdirSync(folder).sort().map((name) => {
    const filePath = path.join(folder, name);
    return { fileName: name, fileSize: fs.statSync(filePath).size, filePath, createVersion: true };
  });
  const options = new DirectBinaryUploadOptions()
    .withUrl(url)
    .withUploadFiles(files)
    .withConcurrent(true)
    .withMaxConcurrent(5)
    .withHttpRetryCount(Number(tries))
    .withHttpRetryDelay(Number(delay))
    .withHttpOptions({ headers: { Authorization: `Bearer ${process.env.AEM_TOKEN}` } });
  const began = Date.now();
  const result = await new DirectBinaryUpload().uploadFiles(options);
  const failed = {};
  for (const each of result.detailedResult) {
    const { fileName, errors } = each.result;
    if (errors && errors.length) failed[fileName] = errors[0].code;
  }
  const arrived = files.map((each) => each.fileName).filter((name) => !(name in failed));
  process.stdout.write(JSON.stringify({ arrived, failed, seconds: (Date.now() - began) / 1000 }));
}

main(process.argv.slice(2)).then(() => process.exit(0), (error) => {
  console.error(String(error && error.stack || error));
  process.exit(1);
});
