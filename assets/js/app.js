// The page's script: htmx for fragments, Stimulus for the few things that a server cannot do.
import { Application } from "@hotwired/stimulus";
import "htmx.org";
import DialogController from "./controllers/dialog.js";
import DrawerController from "./controllers/drawer.js";
import FilterController from "./controllers/filter.js";
import MenuController from "./controllers/menu.js";
import PrintController from "./controllers/print.js";
import RevealController from "./controllers/reveal.js";
import RowsController from "./controllers/rows.js";
import ThemeController from "./controllers/theme.js";
import ToastController from "./controllers/toast.js";
import "./request.js";
import "./retry.js";

const application = Application.start();
application.register("dialog", DialogController);
application.register("drawer", DrawerController);
application.register("filter", FilterController);
application.register("menu", MenuController);
application.register("print", PrintController);
application.register("reveal", RevealController);
application.register("rows", RowsController);
application.register("theme", ThemeController);
application.register("toast", ToastController);
