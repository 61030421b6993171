import { contextBridge, ipcRenderer } from 'electron'
import type { Bridge } from './contract/bridge.ts'
import type { REQUEST_CHANNEL, TASK_CHANNEL } from './contract/requests.ts'

const REQUEST: typeof REQUEST_CHANNEL = 'goready:request'
const TASK: typeof TASK_CHANNEL = 'goready:task'

const bridge: Bridge = {
  request: (name, input) => ipcRenderer.invoke(REQUEST, name, input),
  onTask: (listener) => {
    ipcRenderer.on(TASK, (_event, task) => listener(task))
  },
}
contextBridge.exposeInMainWorld('goready', bridge)
