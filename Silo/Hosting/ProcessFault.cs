using System.Net.Sockets;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Storage;

namespace Tributary.Silo.Hosting;

/// <summary>
/// Why the process cannot go on. The first reason counts; the program ends in order and says it in one sentence.
/// </summary>
internal sealed partial class ProcessFault(ILogger<ProcessFault> logger) : IProcessFaults
{
    private readonly TaskCompletionSource<Exception> first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the process must end.</summary>
    public Task<Exception> Happened => first.Task;

    /// <summary>True for what operators cause and mend; everything else is an error of this program.</summary>
    public static bool IsOperable(Exception error) =>
        error is StoreException or IOException or TimeoutException or UnauthorizedAccessException or SocketException
            or SiloEndedException { InnerException: null };

    /// <summary>What the program says of its end.</summary>
    public static string SentenceOf(Exception error) => IsOperable(error)
        ? error.Message.ReplaceLineEndings(" ")
        : $"an error of this program ends it ({error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}); the "
            + "log has its details.";

    /// <summary>Waits for what may never come when the process cannot go on: then it fails with the reason.</summary>
    public async Task OrEndAsync(Task work)
    {
        if (await Task.WhenAny(work, Happened) != work)
            throw await Happened;
        await work;
    }

    /// <summary>Callable from anywhere, more than once.</summary>
    public void Report(Exception error)
    {
        if (first.TrySetResult(error) && !IsOperable(error))
            LogBroken(logger, error);
    }
}
