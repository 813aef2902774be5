using Tributary.Connectors.Scratch;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Lifetime;

namespace Tributary.Silo.Hosting.Node;

/// <summary>The scratch folder of this process. Its end deletes it.</summary>
internal sealed class NodeScratch(SiloConfig config, Room room) : IDisposable
{
    private ScratchFolder? folder;

    /// <exception cref="InvalidOperationException">It is not open.</exception>
    public ScratchFolder Folder => folder
        ?? throw new InvalidOperationException(
            "The scratch folder is opened by the start of the engine, which has not begun.");

    /// <summary>Deletes what crashes left there, and waits while the disk is full.</summary>
    public async Task OpenAsync(CancellationToken cancellation) => folder = await room.WaitAsync(Open, cancellation);

    public void Dispose() => folder?.Dispose();

    private ScratchFolder Open()
    {
        var around = config.Pipeline;
        return ScratchFolder.Open(
            around.ScratchDirectory, Guid.CreateVersion7().ToString("N"), around.Warnings.Add, around.Scratch);
    }
}
