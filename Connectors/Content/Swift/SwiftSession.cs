namespace Tributary.Connectors.Content.Swift;

/// <param name="StorageUrl">The account's URL, without a slash at its end.</param>
internal sealed record SwiftSession(string StorageUrl, string Token);

/// <summary>One way to get a session.</summary>
internal interface ISwiftLogin
{
    /// <exception cref="ConnectorException">The service does not answer, or refuses the login.</exception>
    Task<SwiftSession> LogInAsync(string location, CancellationToken cancellation);
}

/// <summary>
/// Keeps one session for all readers. The first reader that finds no session, or an expired one, logs in; the other
/// readers wait for that login.
/// </summary>
internal sealed class SwiftSessions(ISwiftLogin login) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile SwiftSession? current;

    /// <param name="expired">The session that the store rejected, or null.</param>
    public async ValueTask<SwiftSession> GetAsync(
        SwiftSession? expired, string location, CancellationToken cancellation)
    {
        if (current is { } known && known != expired)
            return known;
        await gate.WaitAsync(cancellation);
        try
        {
            if (current is { } renewed && renewed != expired)
                return renewed;
            return current = await login.LogInAsync(location, cancellation);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();
}
