using System.Runtime.CompilerServices;
using Tributary.Connectors.Tests.Support;
using Tributary.TestingHost;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>A producer in Python, with the binding that sqAPI's producers use.</summary>
internal sealed class ZeroMqPeer : IAsyncDisposable
{
    // Debian's own, which has the package python3-zmq.
    private const string Python = "/usr/bin/python3";
    private readonly LoggedProcess process;

    private ZeroMqPeer(LoggedProcess process) => this.process = process;

    public static ZeroMqPeer Start(params string[] arguments) =>
        new(LoggedProcess.Start(Python, [Path.Combine(Path.GetDirectoryName(Here())!,
            "zeromq_peer.py"), .. arguments]));

    public Task SaysAsync(string text) => process.SaysAsync(text, Eventually.Limit);

    public async ValueTask DisposeAsync() => await process.KillAsync();

    private static string Here([CallerFilePath] string path = "") => path;
}
