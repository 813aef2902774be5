using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>
/// Reports the fatal errors of Orleans, so that the process ends in order; Orleans' own handler waits two seconds and
/// fails fast. Returning to Orleans is safe: it does nothing more at these places, and stored data does not depend on
/// it, because the database fences every commit.
/// </summary>
internal sealed class OrderlyFatalErrors(IProcessFaults faults) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null) =>
        faults.Report(new SiloEndedException(ReasonOf(sender, context, exception), exception));

    private static string ReasonOf(object? sender, string? context, Exception? exception)
    {
        var reason = context ?? sender?.ToString() ?? "it gave no reason";
        return exception is null ? reason : $"{reason} ({exception.GetType().Name}: {exception.Message})";
    }
}

/// <summary>Replaces Orleans' own handler.</summary>
public static class OrderlyEnd
{
    /// <summary>Needs an <see cref="IProcessFaults"/> in the host.</summary>
    public static ISiloBuilder EndInOrder(this ISiloBuilder silo)
    {
        silo.Services.Replace(ServiceDescriptor.Singleton<IFatalErrorHandler, OrderlyFatalErrors>());
        return silo;
    }
}
