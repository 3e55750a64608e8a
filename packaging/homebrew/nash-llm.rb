# Written by scripts/release-files.ts; the words between @ are filled in there.
class NashLlm < Formula
  desc "Local address for every LLM: a single-file streaming server"
  homepage "https://github.com/@NASH_LLM_REPOSITORY@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "https://github.com/@NASH_LLM_REPOSITORY@/releases/download/v@VERSION@/nash-llm-macos-arm64.tar.gz"
      sha256 "@SHA256:nash-llm-macos-arm64.tar.gz@"
    end
    on_intel do
      url "https://github.com/@NASH_LLM_REPOSITORY@/releases/download/v@VERSION@/nash-llm-macos-x64.tar.gz"
      sha256 "@SHA256:nash-llm-macos-x64.tar.gz@"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/@NASH_LLM_REPOSITORY@/releases/download/v@VERSION@/nash-llm-linux-arm64.tar.gz"
      sha256 "@SHA256:nash-llm-linux-arm64.tar.gz@"
    end
    on_intel do
      url "https://github.com/@NASH_LLM_REPOSITORY@/releases/download/v@VERSION@/nash-llm-linux-x64.tar.gz"
      sha256 "@SHA256:nash-llm-linux-x64.tar.gz@"
    end
  end

  def install
    bin.install "nash-llm"
    man1.install "nash-llm.1"
    generate_completions_from_executable(bin/"nash-llm", "completions")
  end

  service do
    run [opt_bin/"nash-llm"]
    keep_alive true
    log_path var/"log/nash-llm.log"
    error_log_path var/"log/nash-llm.log"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/nash-llm --version")
    port = free_port
    pid = spawn bin/"nash-llm", "--port", port.to_s, "--quiet"
    begin
      sleep 2
      system bin/"nash-llm", "doctor", "--health", "http://127.0.0.1:#{port}"
    ensure
      Process.kill "TERM", pid
      Process.wait pid
    end
  end
end
