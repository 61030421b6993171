// The smallest program with a window: what the benchmark of the start compares with.
const { app, BrowserWindow } = require('electron')
const { join } = require('node:path')

app.on('window-all-closed', () => app.quit())
void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 960, height: 680, show: false, webPreferences: { sandbox: true } })
  window.once('ready-to-show', () => window.show())
  void window.loadFile(join(__dirname, 'index.html'))
})
