// What reads a picture: the browser's own BarcodeDetector where it knows all that we need, else zxing, served by us.
import { BarcodeDetector as Zxing, prepareZXingModule } from "barcode-detector/ponyfill";

const FORMATS = ["qr_code", "ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "data_matrix"];

async function native() {
  try {
    const known = (await window.BarcodeDetector?.getSupportedFormats()) ?? [];
    return FORMATS.every((each) => known.includes(each));
  } catch {
    return false;
  }
}

/** A thing with detect(video). `own`: never the browser's. `isLast` says that there is no other to try. */
export async function decoder(wasm, { own = false } = {}) {
  if (!own && (await native())) return new window.BarcodeDetector({ formats: FORMATS });
  const overrides = { locateFile: (name, before) => (name.endsWith(".wasm") ? wasm : before + name) };
  await prepareZXingModule({ overrides, fireImmediately: true });
  const made = new Zxing({ formats: FORMATS });
  made.isLast = true;
  return made;
}
