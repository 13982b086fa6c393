;;; A session in Emacs with dap-mode, with the settings that docs/editors.md gives.  -*- lexical-binding: t -*-

;; emacs -q --batch -l emacs.el: FOLDER is a copy of client/package, SETTINGS is docs/editors.md, and `rehearse' is in PATH. It ends with
;; 77 where there is no dap-mode.

(package-initialize)
(unless (locate-library "dap-mode")
  (kill-emacs 77))

(defvar folder (file-name-as-directory (getenv "FOLDER")))
(setq dap-breakpoints-file (concat folder "breakpoints")
      dap-auto-configure-features nil
      dap-inhibit-io t
      lsp-session-file (concat folder "lsp-session"))

(with-temp-buffer
  (insert-file-contents (getenv "SETTINGS"))
  (search-forward "```elisp\n")
  (let ((start (point)))
    (search-forward "```")
    (eval-region start (match-beginning 0))))

(defvar stops 0)
(defvar over nil)
(add-hook 'dap-stopped-hook (lambda (_session) (setq stops (1+ stops))))
(add-hook 'dap-terminated-hook (lambda (_session) (setq over t)))

(defun check (holds text &rest values)
  "Ends the test with TEXT and VALUES unless it HOLDS."
  (unless holds
    (princ (concat "FAIL: " (apply #'format text values) "\n"))
    (kill-emacs 1)))

(defun wait-for (what condition)
  "Waits until CONDITION, which is WHAT, holds."
  (let ((end (+ (float-time) 60)))
    (while (and (not (funcall condition)) (< (float-time) end))
      (accept-process-output nil 0.05)))
  (check (funcall condition) "no %s within 60 s" what))

(defun ask (command &rest arguments)
  "The body of the answer to COMMAND with ARGUMENTS."
  (let (answer)
    (dap--send-message (dap--make-request command arguments)
                       (lambda (response) (setq answer response))
                       (dap--cur-session))
    (wait-for (concat "answer to " command) (lambda () answer))
    (check (gethash "success" answer) "%s was refused: %s" command (gethash "message" answer))
    (gethash "body" answer)))

(defun stand-at (file line)
  "Waits for a stop, at LINE of FILE."
  (wait-for "stop" (lambda () (and (> stops 0) (dap--debug-session-active-frame (dap--cur-session)))))
  (setq stops 0)
  (let ((frame (dap--debug-session-active-frame (dap--cur-session))))
    (check (and (equal (gethash "line" frame) line)
                (equal (file-truename (gethash "path" (gethash "source" frame))) (file-truename file)))
           "it stopped in %s at line %s, should be at line %s of %s" (gethash "name" frame) (gethash "line" frame) line file)
    (gethash "id" frame)))

(defun go-on ()
  "Continues."
  (dap-continue (dap--cur-session) (dap--debug-session-thread-id (dap--cur-session))))

(defun stop-at (file mark)
  "Sets a breakpoint at the line of FILE that bears MARK; its number."
  (find-file file)
  (goto-char (point-min))
  (re-search-forward (concat "# mark: " mark "$"))
  (dap-breakpoint-add)
  (line-number-at-pos))

(let* ((code (concat folder "python_modules/debugged_tests.py"))
       (test (concat folder "tests/main.yaml"))
       (count (stop-at test "count step"))
       (rail (stop-at code "rail is read")))
  (dap-debug (copy-tree (cdr (assoc "Rehearsal: simulated bench" dap-debug-template-configurations))))
  (let* ((frame (stand-at code rail))
         (volts (gethash "result" (ask "evaluate" :expression "volts" :frameId frame :context "hover"))))
    (check (equal volts "5.42") "volts is %s, should be 5.42" volts)
    (ask "evaluate" :expression "volts = 5.0" :frameId frame :context "repl"))
  (go-on)
  (stand-at test count)
  (go-on)
  (wait-for "end of the run" (lambda () over)))
(princ "ok: Emacs has stopped in the Python and in the YAML\n")
