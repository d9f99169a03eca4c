// A headless Chromium, spoken to by Chrome's DevTools protocol over two pipes, and a server of files for it.
import { spawn } from "node:child_process";
import { readFile, rm, mkdtemp } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";

const types = { ".html": "text/html", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/** Serves a folder at http://localhost:<port>/ until closed. */
export async function serve(folder) {
    const server = createServer(async (request, response) => {
        const path = normalize(new URL(request.url, "http://localhost").pathname);
        try {
            const content = await readFile(join(folder, path === "/" ? "index.html" : path));
            response.writeHead(200, { "Content-Type": types[extname(path === "/" ? "index.html" : path)] ?? "text/plain" });
            response.end(content);
        } catch {
            response.writeHead(404).end();
        }
    });
    await new Promise((resolve) => server.listen(0, "localhost", resolve));
    return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

/** One page of a browser that begins with it and ends with close(). */
export class Page {
    #process;
    #profile;
    #session;
    #calls = 0;
    #waiting = new Map();
    messages = []; // of the page's console, and errors that nobody caught

    static async open(program, url) {
        const page = new Page();
        await page.#start(program);
        const { targetId } = await page.#send("Target.createTarget", { url: "about:blank" });
        page.#session = (await page.#send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
        for (const domain of ["Page", "Runtime", "Log"]) {
            await page.#send(`${domain}.enable`);
        }
        await page.#send("Page.navigate", { url });
        return page;
    }

    async #start(program) {
        this.#profile = await mkdtemp(join(tmpdir(), "timeloom-browser-"));
        this.#process = spawn(program, ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
            "--autoplay-policy=no-user-gesture-required", "--window-size=900,760", `--user-data-dir=${this.#profile}`],
            { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
        let text = "";
        this.#process.stdio[4].setEncoding("utf8").on("data", (piece) => {
            const parts = (text + piece).split("\0");
            text = parts.pop();
            parts.forEach((part) => this.#receive(JSON.parse(part)));
        });
        this.#process.on("exit", () => this.#waiting.forEach(({ reject }) => reject(new Error("the browser has ended"))));
    }

    #receive({ id, result, error, method, params }) {
        if (id !== undefined) {
            const { resolve, reject } = this.#waiting.get(id);
            this.#waiting.delete(id);
            error ? reject(new Error(error.message)) : resolve(result);
        } else if (method === "Runtime.exceptionThrown") {
            this.messages.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        } else if (method === "Log.entryAdded") {
            this.messages.push(`${params.entry.text} ${params.entry.url ?? ""}`);
        }
    }

    #send(method, params = {}) {
        const id = ++this.#calls;
        this.#process.stdio[3].write(JSON.stringify({ id, method, params, sessionId: this.#session }) + "\0");
        return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    }

    /** The value of an expression in the page, which may be a promise. */
    async value(expression) {
        const { result, exceptionDetails } =
            await this.#send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true, userGesture: true });
        if (exceptionDetails) {
            throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        }
        return result.value;
    }

    /** Waits until an expression is true; an error after so many seconds. */
    async until(expression, seconds = 20) {
        const end = Date.now() + 1000 * seconds;
        while (!(await this.value(expression))) {
            if (Date.now() > end) {
                throw new Error(`after ${seconds} s this was not true: ${expression}; ${this.messages.join("; ")}`);
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
    }

    /** As PNG. */
    async picture() {
        return Buffer.from((await this.#send("Page.captureScreenshot", { format: "png" })).data, "base64");
    }

    async close() {
        const ended = new Promise((resolve) => this.#process.on("exit", resolve));
        this.#send("Browser.close").catch(() => {});
        await ended;
        await rm(this.#profile, { recursive: true, force: true });
    }
}
