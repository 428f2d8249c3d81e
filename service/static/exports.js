// While a file is being made, the page looks again by itself; never while somebody is at one of its controls.
(() => {
  const again = () => {
    const here = document.activeElement;
    if (document.visibilityState === "visible" && (!here || here === document.body)) location.reload();
    else setTimeout(again, 4000);
  };
  setTimeout(again, 4000);
})();
