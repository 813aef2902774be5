using System.Diagnostics;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>
/// A publisher in Python that stays while subscribers come and go: each line is a message to all of them.
/// </summary>
internal sealed class ZeroMqPublisher : IDisposable
{
    private readonly Process process;

    private ZeroMqPublisher(Process process) => this.process = process;

    public static ZeroMqPublisher Start(int port)
    {
        var start = new ProcessStartInfo(
            ZeroMqProducer.Python, [ZeroMqProducer.Script, "PUB", "bind", $"tcp://127.0.0.1:{port}"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        return new ZeroMqPublisher(Process.Start(start)!);
    }

    /// <summary>Goes out when somebody has subscribed for the first time, and then at once.</summary>
    public async Task SendAsync(string message, CancellationToken cancellation)
    {
        await process.StandardInput.WriteLineAsync(message.AsMemory(), cancellation);
        await process.StandardInput.FlushAsync(cancellation);
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
