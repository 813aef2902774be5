using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Tributary.Rounds.Orleans.Hosting;

/// <summary>
/// Reports what Orleans calls fatal, where Orleans' own handler waits two seconds and fails fast: the process then ends
/// in order. It is safe to return to Orleans, which does nothing more at these places, because what is stored does not
/// depend on its word: every commit is fenced by the database.
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

/// <summary>Puts the handler in the place of Orleans' own.</summary>
public static class OrderlyEnd
{
    /// <summary>Needs an <see cref="IProcessFaults"/> in the host.</summary>
    public static ISiloBuilder EndInOrder(this ISiloBuilder silo)
    {
        silo.Services.Replace(ServiceDescriptor.Singleton<IFatalErrorHandler, OrderlyFatalErrors>());
        return silo;
    }
}
