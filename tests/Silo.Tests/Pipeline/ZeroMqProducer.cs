using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>A producer in Python, with the binding that sqAPI's producers use.</summary>
internal static class ZeroMqProducer
{
    // Debian's own, which has the package python3-zmq.
    public const string Python = "/usr/bin/python3";

    public static string Script => Path.Combine(Path.GetDirectoryName(Here())!, "zeromq_producer.py");

    /// <summary>Returns when the other side has every message.</summary>
    /// <param name="kind">PUSH or PUB.</param>
    /// <param name="how">bind or connect.</param>
    public static async Task SendAsync(
        string kind, string how, int port, IEnumerable<string> messages, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Python, [Script, kind, how, $"tcp://127.0.0.1:{port}"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            foreach (var message in messages)
                await process.StandardInput.WriteLineAsync(message.AsMemory(), cancellation);
            process.StandardInput.Close();
            var errors = await process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            Assert.True(process.ExitCode == 0, errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
