using Microsoft.Extensions.Logging;

namespace Tributary.Silo.Tests.Hosting;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILogger
{
    private readonly Lock gate = new();
    private readonly List<(LogLevel Level, int Event, string Text)> lines = [];

    public IReadOnlyList<(LogLevel Level, int Event, string Text)> All
    {
        get
        {
            lock (gate)
                return [.. lines];
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        lock (gate)
            lines.Add((logLevel, eventId.Id, formatter(state, exception)));
    }

    /// <summary>The same lines, for those who log under their own name.</summary>
    public ILogger<T> Of<T>() => new Named<T>(this);

    private sealed class Named<T>(LogLines lines) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => lines.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => lines.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => lines.Log(logLevel, eventId, state, exception, formatter);
    }
}
