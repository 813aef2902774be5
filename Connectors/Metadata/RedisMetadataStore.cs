using StackExchange.Redis;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Metadata;

/// <summary>
/// <c>redis</c>: locations are keys, whose value is a JSON text or a hash. The fields of a
/// hash become the strings of an object.
/// </summary>
public sealed class RedisMetadataStoreFactory : IMetadataStoreFactory
{
    // Delays between reconnects grow from the first to the last, with jitter.
    private const int FirstReconnectMs = 1000;
    private const int LastReconnectMs = 10_000;

    public string Type => "redis";

    public IMetadataStore? Create(ConfigField config, ConnectorServices services)
    {
        var section = config.Section(
            "type", "host", "port", "password", "tls", "database", "key_prefix", "timeout_seconds", "max_bytes");
        var host = section["host"].IsSet ? section["host"].Text("the server's name or address") : "localhost";
        var port = (int)(section["port"].Whole(1, 65535, "a port") ?? 6379);
        var password = section["password"].Text("the server's password", isSecret: true);
        var isTls = section["tls"].Flag() ?? false;
        var database = (int)(section["database"].Whole(0, 1_000_000, "a database's number") ?? 0);
        var prefix = section["key_prefix"].Text("what every key begins with") ?? "";
        var timeout = section["timeout_seconds"].Seconds(1, 600, 5);
        var maxBytes = MetadataLimits.ReadMaxBytes(section);
        if (host is null || config.ErrorCount > 0)
            return null;

        var options = new ConfigurationOptions
        {
            EndPoints = { { host, port } },
            Password = password,
            Ssl = isTls,
            SslHost = isTls ? host : null,
            DefaultDatabase = database,
            ClientName = "tributary",
            AbortOnConnectFail = false,
            ConnectTimeout = (int)timeout.TotalMilliseconds,
            AsyncTimeout = (int)timeout.TotalMilliseconds,
            ConnectRetry = 1,
            KeepAlive = 10,
            ReconnectRetryPolicy = new ExponentialRetry(FirstReconnectMs, LastReconnectMs),
            // A read without a connection fails at once with the reason; its caller decides when to retry.
            BacklogPolicy = BacklogPolicy.FailFast,
            // As in our other connectors: an unreachable revocation list must not hold up reads.
            CheckCertificateRevocation = false,
            TieBreaker = "",
        };
        return new RedisMetadataStore(options, database, prefix, timeout, maxBytes, services.Time);
    }
}

internal sealed class RedisMetadataStore(
    ConfigurationOptions options, int database, string prefix, TimeSpan timeout, int maxBytes,
    TimeProvider time) : IMetadataStore
{
    private static readonly Faults Faults = new("metadata", "redis");

    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile ConnectionMultiplexer? connection;

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(string location, CancellationToken cancellation)
    {
        if (location.Length == 0)
            throw Faults.Invalid(location, "nothing", "a key");
        try
        {
            return await WithinAsync(ReadKeyAsync(location, cancellation), cancellation);
        }
        catch (Exception error)
            when (error is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException
                && !cancellation.IsCancellationRequested)
        {
            throw Fault(location, error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is { } open)
        {
            await open.CloseAsync(allowCommandsToComplete: false);
            await open.DisposeAsync();
        }

        gate.Dispose();
    }

    private async Task<ReadOnlyMemory<byte>> ReadKeyAsync(string location, CancellationToken cancellation)
    {
        var redis = (await ConnectAsync(cancellation)).GetDatabase(database);
        RedisKey key = prefix + location;
        byte[]? text;
        try
        {
            // Reading one byte more than allowed shows whether there is more.
            text = await redis.StringGetRangeAsync(key, 0, maxBytes);
        }
        catch (RedisServerException error) when (error.Kind == RedisErrorKind.WrongType)
        {
            return await ReadHashAsync(redis, key, location);
        }

        if (text?.Length > maxBytes)
            throw MetadataLimits.TooLarge(Faults, location, $"more than {maxBytes} bytes", maxBytes);
        // Redis returns an empty range for a missing key as well as for an empty text.
        if (text is null or [] && !await redis.KeyExistsAsync(key))
            throw Faults.Missing(location, "there is no such key");
        return JsonObjects.Check(text, location, Faults);
    }

    private async Task<ReadOnlyMemory<byte>> ReadHashAsync(IDatabase redis, RedisKey key, string location)
    {
        try
        {
            return await RedisHash.ReadAsync(redis, key, location, maxBytes, Faults);
        }
        catch (RedisServerException error) when (error.Kind == RedisErrorKind.WrongType)
        {
            throw Faults.Unusable(location, "a value that is neither text nor hash", "a text of JSON, or a hash");
        }
    }

    private async ValueTask<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellation)
    {
        if (connection is { } open)
            return open;
        await gate.WaitAsync(cancellation);
        try
        {
            // The call returns also when the server is down; the client then reconnects by itself.
            return connection ??= await ConnectionMultiplexer.ConnectAsync(options);
        }
        finally
        {
            gate.Release();
        }
    }

    // The client bounds each command but takes no token. A read is several commands, bounded as a whole here.
    private async Task<T> WithinAsync<T>(Task<T> work, CancellationToken cancellation) =>
        await work.WaitAsync(timeout, time, cancellation);

    // The client's and the server's messages may name other keys or the user, so they stay out of the error.
    private static ConnectorException Fault(string location, Exception error) => error switch
    {
        RedisServerException
        {
            Kind: RedisErrorKind.NoAuth or RedisErrorKind.WrongPass or RedisErrorKind.NoPermission,
        } => Faults.Refused(location, "the server does not let this process read"),
        RedisServerException server => Faults.Unavailable(location,
            $"the server answered {server.Message.Split(' ')[0]}", error),
        TimeoutException or OperationCanceledException => Faults.Unavailable(location,
            "the server did not answer in time", error),
        _ when IsLoginRefused(error) => Faults.Unavailable(location, "the server refuses the login", error),
        _ => Faults.Unavailable(location, "the server is not reachable", error),
    };

    // The inner exception tells why there is no connection. A wrong password can be corrected, so the store retries.
    private static bool IsLoginRefused(Exception error) => error switch
    {
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => true,
        _ => error.InnerException is { } cause && IsLoginRefused(cause),
    };
}
