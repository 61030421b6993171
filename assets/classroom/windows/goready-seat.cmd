@echo off
rem Sets this computer up with GoReady and leaves a report in the room's shared folder. Double click it, or make it a
rem logon script (User Configuration, Windows Settings, Scripts, Logon) with -Quiet as its first parameter.
rem The other parameters are those of goready-seat.ps1 beside this file, e.g. -Share \\teacher\reports -Language en
setlocal
set "PAUSE_AT_END=1"
set "WORDS=%*"
if /i not "%~1"=="-Quiet" goto run
set "PAUSE_AT_END="
set "WORDS=%WORDS:~6%"
:run
rem Only for this one start: the computer's own policy for scripts stays as it is.
powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -File "%~dp0goready-seat.ps1" %WORDS%
set "STATUS=%ERRORLEVEL%"
if defined PAUSE_AT_END pause
endlocal & exit /b %STATUS%
