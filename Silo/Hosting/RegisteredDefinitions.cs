using Microsoft.Extensions.Logging;
using Tributary.Runtime.Store;

namespace Tributary.Silo.Hosting;

/// <summary>
/// The definitions that silos registered, as a process without the role silo sees them. It looks again and again: a silo may start
/// after it, or start again with another configuration.
/// </summary>
internal sealed partial class RegisteredDefinitions(IMessageLog log, TimeProvider time, ILogger<RegisteredDefinitions> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private volatile IReadOnlyList<DefinitionRow> newest = [];

    /// <summary>The newest generation of each name as of the last look, in the order of their registration.</summary>
    public IReadOnlyList<DefinitionRow> Newest => newest;

    /// <summary>Looks now.</summary>
    public async ValueTask<IReadOnlyList<DefinitionRow>> ReadAsync(CancellationToken cancellation)
    {
        var rows = await log.ReadDefinitionsAsync(cancellation);
        return newest = [.. rows.GroupBy(row => row.Name).Select(generations => generations.MaxBy(row => row.Generation)!).OrderBy(row => row.Id)];
    }

    /// <summary>Calls <paramref name="changed"/> with what is newest whenever that is not what was read last.</summary>
    public async Task RunAsync(Action<IReadOnlyList<DefinitionRow>> changed, CancellationToken cancellation)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                var before = newest;
                if (await TryReadAsync(cancellation) && !newest.Select(row => row.Id).SequenceEqual(before.Select(row => row.Id)))
                    changed(newest);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The end that was asked for.
        }
    }

    private async ValueTask<bool> TryReadAsync(CancellationToken cancellation)
    {
        try
        {
            await ReadAsync(cancellation);
            return true;
        }
        catch (StoreException error)
        {
            LogReadFailed(error);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registered definitions could not be read; trying again.")]
    private partial void LogReadFailed(Exception error);
}
