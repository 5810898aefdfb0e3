// The camera, for the pages that scan: an entry of its own, so that no other page carries it. Comes after app.js.
import CameraController from "./controllers/camera.js";
import ScanController from "./controllers/scan.js";

window.Stimulus.register("camera", CameraController);
window.Stimulus.register("scan", ScanController);
