; Included by electron-builder's NSIS script. PATH is never touched here: it belongs to the person.

; The endings of profiles. Windows looks at the last one alone, so GoReady is offered for .yml and taken from nobody.
!macro customInstall
  WriteRegStr SHELL_CONTEXT "Software\Classes\GoReady.Profile" "" "GoReady profile"
  WriteRegStr SHELL_CONTEXT "Software\Classes\GoReady.Profile\DefaultIcon" "" "$appExe,0"
  WriteRegStr SHELL_CONTEXT "Software\Classes\GoReady.Profile\shell\open\command" "" '"$appExe" "%1"'
  WriteRegStr SHELL_CONTEXT "Software\Classes\.yml\OpenWithProgids" "GoReady.Profile" ""
  WriteRegStr SHELL_CONTEXT "Software\Classes\.yaml\OpenWithProgids" "GoReady.Profile" ""
!macroend

; An update keeps everything, and so does a silent removal; else the person is asked once, while the program is there.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    DeleteRegKey SHELL_CONTEXT "Software\Classes\GoReady.Profile"
    DeleteRegValue SHELL_CONTEXT "Software\Classes\.yml\OpenWithProgids" "GoReady.Profile"
    DeleteRegValue SHELL_CONTEXT "Software\Classes\.yaml\OpenWithProgids" "GoReady.Profile"
    ClearErrors
    ${GetParameters} $R0
    ${GetOptions} $R0 "/S" $R1
    ${if} ${Errors}
      StrCpy $R2 "Give back every setting that GoReady has changed (goready uninstall)?"
      StrCpy $R3 "Not everything could be given back. The settings that are left stay; install GoReady again to retry."
      ${if} $LANGUAGE == 2052
        StrCpy $R2 "要把 GoReady 改过的设置都恢复原样吗（goready uninstall）？"
        StrCpy $R3 "有设置没能恢复，仍保留着；重新安装 GoReady 后可以再试。"
      ${endIf}
      MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$R2" IDNO goready_keep
      ClearErrors
      ExecWait '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" -- uninstall --yes' $R1
      ${if} ${Errors}
      ${orIf} $R1 != 0
        MessageBox MB_OK|MB_ICONEXCLAMATION "$R3"
      ${endIf}
      goready_keep:
    ${endIf}
  ${endIf}
!macroend
