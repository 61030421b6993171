import { contextBridge, ipcRenderer } from 'electron'
import type { Bridge } from './contract/bridge.ts'
import type { COMMAND_CHANNEL, REQUEST_CHANNEL, TASK_CHANNEL } from './contract/requests.ts'

const REQUEST: typeof REQUEST_CHANNEL = 'goready:request'
const TASK: typeof TASK_CHANNEL = 'goready:task'
const COMMAND: typeof COMMAND_CHANNEL = 'goready:command'

const bridge: Bridge = {
  request: (name, input) => ipcRenderer.invoke(REQUEST, name, input),
  onTask: (listener) => void ipcRenderer.on(TASK, (_event, task) => listener(task)),
  onCommand: (listener) => void ipcRenderer.on(COMMAND, (_event, command) => listener(command)),
}
contextBridge.exposeInMainWorld('goready', bridge)
