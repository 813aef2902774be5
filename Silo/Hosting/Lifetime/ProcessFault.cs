using System.Net.Sockets;
using Tributary.Rounds.Orleans.Hosting;
using Tributary.Storage;

namespace Tributary.Silo.Hosting.Lifetime;

/// <summary>
/// The reason why the process cannot go on. The first reason counts; the program ends in order and reports it in one
/// sentence.
/// </summary>
internal sealed partial class ProcessFault(ILogger<ProcessFault> logger) : IProcessFaults
{
    private readonly TaskCompletionSource<Exception> first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the process must end.</summary>
    public Task<Exception> Happened => first.Task;

    /// <summary>True for faults that operators cause and mend; every other fault is an error of this program.</summary>
    public static bool IsOperable(Exception error) =>
        error is StoreException or IOException or TimeoutException or UnauthorizedAccessException or SocketException
            or SiloEndedException { InnerException: null };

    /// <summary>The sentence that the program reports.</summary>
    public static string SentenceOf(Exception error) => IsOperable(error)
        ? error.Message.ReplaceLineEndings(" ")
        : $"an error of this program ends it ({error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")}); the "
            + "log has its details.";

    /// <summary>
    /// Waits for work that may never end when the process cannot go on: then this fails with the reason.
    /// </summary>
    public async Task OrEndAsync(Task work)
    {
        if (await Task.WhenAny(work, Happened) != work)
            throw await Happened;
        await work;
    }

    /// <summary>Callable from any thread, more than once.</summary>
    public void Report(Exception error)
    {
        if (first.TrySetResult(error) && !IsOperable(error))
            LogBroken(logger, error);
    }
}
