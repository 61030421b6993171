@echo off
rem GoReady's command line (goready --help); without a command it opens the window. Stands beside GoReady.exe, which is
rem no console program: inside a batch file it is waited for, and it writes to the console that this one has.
if "%~1"=="" (
  start "" "%~dp0GoReady.exe"
  exit /b 0
)
"%~dp0GoReady.exe" -- %*
exit /b %errorlevel%
