using System.Net.Sockets;
using Npgsql;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>
/// Finds silos that are certainly dead: the lock of their session is free, their round stands still, and their address
/// refuses connections. Any sign of life keeps a silo alive.
/// </summary>
internal sealed class SiloObserver(NpgsqlConnection connection, TimeProvider time, SiloId? own, string ownAddress)
{
    /// <summary>How long a silo's round must stand still before the silo counts as dead.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<SiloId, (long Round, long Since)> seen = [];

    /// <summary>Observes all silos that are not declared dead: those that are dead, and one that may live.</summary>
    public async Task<(IReadOnlyList<ObservedSilo> Dead, ObservedSilo? Living)> ObserveAsync(
        CancellationToken cancellation)
    {
        var dead = new List<ObservedSilo>();
        ObservedSilo? living = null;
        foreach (var silo in await PostgresSilos.ReadAsync(connection, cancellation))
        {
            if (await IsDeadAsync(silo, cancellation))
                dead.Add(silo);
            else
                living = silo;
        }

        return (dead, living);
    }

    /// <summary>
    /// True when a silo with an id up to this one has not left, and its process holds no session any more.
    /// </summary>
    public async Task<bool> IsAnyUnlockedAsync(long last, CancellationToken cancellation) =>
        (await PostgresSilos.ReadAsync(connection, cancellation)).Exists(silo =>
            silo.Silo.Value <= last && silo.Silo != own && !silo.IsLocked && !silo.IsServerFresh);

    private async Task<bool> IsDeadAsync(ObservedSilo silo, CancellationToken cancellation)
    {
        // An earlier incarnation of this process has ended: this process asks only then.
        if (silo.Silo == own)
            return true;

        if (!seen.TryGetValue(silo.Silo, out var before)
            || before.Round != silo.Round
            || silo.IsLocked
            || silo.IsServerFresh)
        {
            seen[silo.Silo] = (silo.Round, time.GetTimestamp());
            return false;
        }

        // Two processes cannot listen on one address: at this silo's own address, only this silo would answer.
        return time.GetElapsedTime(before.Since) >= Interval
            && (silo.Address.Length == 0 || silo.Address == ownAddress
                || await RefusesAsync(silo.Address, cancellation));
    }

    // A silo of a cluster has the address HOST:PORT@GENERATION, with no brackets around an IPv6 address.
    private static string UriOf(string address)
    {
        if (address.Contains("://", StringComparison.Ordinal))
            return address;
        var endpoint = address.Split('@')[0];
        var colon = endpoint.LastIndexOf(':');
        return colon > 0 && endpoint[0] != '[' && endpoint[..colon].Contains(':', StringComparison.Ordinal)
            ? $"http://[{endpoint[..colon]}]{endpoint[colon..]}"
            : "http://" + endpoint;
    }

    /// <summary>True only when the address actively refuses: silence may be a slow network.</summary>
    private static async Task<bool> RefusesAsync(string address, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(UriOf(address), UriKind.Absolute, out var uri))
            return true;

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectTimeout);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(uri.Host, uri.Port, limit.Token);
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
