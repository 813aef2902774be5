using System.Net;
using System.Net.Sockets;

namespace Tributary.Rounds.Orleans.Silos;

/// <summary>Asks whether a process listens at the address of a silo.</summary>
internal static class AddressProbe
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);

    private enum Answer
    {
        None,
        Accepted,
        Refused,
    }

    /// <summary>
    /// True only when the address actively refuses, because the process that listened there has ended: silence may be
    /// a slow network.
    /// </summary>
    public static async Task<bool> RefusesAsync(IPEndPoint address, CancellationToken cancellation) =>
        await AskAsync(address, cancellation) == Answer.Refused;

    /// <summary>True when a process accepts connections at the address.</summary>
    public static async Task<bool> AnswersAsync(IPEndPoint address, CancellationToken cancellation) =>
        await AskAsync(address, cancellation) == Answer.Accepted;

    private static async Task<Answer> AskAsync(IPEndPoint address, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectTimeout);
        using var client = new TcpClient(address.AddressFamily);
        try
        {
            await client.ConnectAsync(address, limit.Token);
            return Answer.Accepted;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused ? Answer.Refused : Answer.None;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Answer.None;
        }
    }
}
