// A click on a link that shares a room shows the page of that link as a dialog, whose code is loaded only now.

addEventListener('click', (event) => {
  const link = event.target.closest?.('a.more[href$="/share"]')
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  import('/app/share.js').then(
    (script) => script.open(link.href),
    () => location.assign(link.href),
  )
})
