using System.Text.Json;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>The ledger of a server, asked again and again: a process of its own has no signal to wait for.</summary>
internal static class Ledger
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static long Count(JsonDocument ledger, string status) => ledger.RootElement.GetProperty(status).GetInt64();

    /// <summary>The first ledger that <paramref name="until"/> is true for.</summary>
    /// <exception cref="TimeoutException">Names the ledger as it was last.</exception>
    public static async Task<JsonDocument> WaitAsync(
        HttpClient http, Func<JsonDocument, bool> until, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        var last = "";
        try
        {
            while (true)
            {
                last = await http.GetStringAsync(new Uri("api/v1/ledger", UriKind.Relative), limit.Token);
                var ledger = JsonDocument.Parse(last);
                if (until(ledger))
                    return ledger;
                ledger.Dispose();
                await Task.Delay(50, limit.Token);
            }
        }
        catch (OperationCanceledException slow) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"It did not come to it within {Limit.TotalSeconds} s: {last}", slow);
        }
    }
}
