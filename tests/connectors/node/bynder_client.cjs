// Uploads a file with Bynder's own client, looks the asset up, edits it, and prints what came back.
const fs = require('fs');
const Bynder = require('@bynder/bynder-js-sdk');

const [address, token, brand, file, name] = process.argv.slice(2);

async function main() {
  const bynder = new Bynder({ baseURL: `${address}/api/`, permanentToken: token });
  const body = fs.readFileSync(file);
  const saved = await bynder.uploadFile({ filename: name, body, data: { brandId: brand, name: 'by its own client' } });
  await bynder.editMedia({ id: saved.mediaid, description: 'edited by its own client', archive: false });
  const seen = await bynder.getMediaInfo({ id: saved.mediaid, versions: 1 });
  const version = await bynder.uploadFile({ filename: name, body, data: { brandId: brand, mediaId: saved.mediaid } });
  const again = await bynder.getMediaInfo({ id: saved.mediaid, versions: 1 });
  const listed = await bynder.getMediaList({ limit: 10 });
  const brands = await bynder.getBrands();
  console.log(JSON.stringify({ saved, seen, version, again, listed, brands }));
}

main().catch((error) => {
  console.error(JSON.stringify(error, Object.getOwnPropertyNames(error)));
  process.exit(1);
});
