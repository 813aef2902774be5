using System.Net.Sockets;

namespace Tributary.Storage.Rounds;

/// <summary>Asks whether anybody listens at the address of a silo: see <see cref="JoinRequest.Address"/>.</summary>
public static class AddressProbe
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// True only when the address actively refuses, because the process that listened there has ended: silence may be
    /// a slow network. True as well for a text that is no address, where nobody can listen.
    /// </summary>
    /// <param name="address">
    /// A URL, or a host and a port, with or without the generation that Orleans adds behind an <c>@</c>.
    /// </param>
    /// <param name="cancellation">Ends the attempt with <see cref="OperationCanceledException"/>.</param>
    public static async Task<bool> RefusesAsync(string address, CancellationToken cancellation) =>
        await AskAsync(address, cancellation) == Answer.Refused;

    /// <summary>True when a process accepts connections at the address.</summary>
    /// <inheritdoc cref="RefusesAsync"/>
    public static async Task<bool> AnswersAsync(string address, CancellationToken cancellation) =>
        await AskAsync(address, cancellation) == Answer.Accepted;

    private static async Task<Answer> AskAsync(string address, CancellationToken cancellation)
    {
        var generation = address.LastIndexOf('@');
        var place = generation < 0 ? address : address[..generation];
        if (!Uri.TryCreate(
                place.Contains("://", StringComparison.Ordinal) ? place : "http://" + place, UriKind.Absolute,
                out var uri))
        {
            return Answer.Refused;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ConnectTimeout);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(uri.Host, uri.Port, limit.Token);
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

    private enum Answer
    {
        None,
        Accepted,
        Refused,
    }
}
