// What is typed goes to the app at once: nobody has to click into the page first.
const typing = () => document.querySelector(".xterm-helper-textarea")?.focus();
addEventListener("focus", typing);
new MutationObserver(typing).observe(document.documentElement, { attributes: true, attributeFilter: ["class"], subtree: true });
