using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tributary.Silo.Tests.Running;

/// <summary>Producers that post without pause, and know what they were told: what was acknowledged, and what may be there.</summary>
internal sealed class Load(Uri address)
{
    private readonly ConcurrentDictionary<int, string> acknowledged = new();
    private int next;

    /// <summary>The ids that were answered with 202, by the message's number.</summary>
    public IReadOnlyDictionary<int, string> Acknowledged => acknowledged;

    /// <summary>How many messages were begun.</summary>
    public int BegunCount => Volatile.Read(ref next);

    /// <summary>Answers other than 202; connections that broke are not among them.</summary>
    public ConcurrentBag<int> OtherStatuses { get; } = [];

    /// <summary>Posts until <paramref name="stop"/>; a message whose answer was lost is sent again with its key, once the server is back.</summary>
    public Task RunAsync(int producers, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, producers).Select(_ => Task.Run(() => ProduceAsync(stop), CancellationToken.None)));

    public static string BodyOf(int number) => $"{{\"n\":{number},\"group\":\"g{number % 7}\",\"value\":{number % 1000}.25}}";

    private async Task ProduceAsync(CancellationToken stop)
    {
        using var http = new HttpClient { BaseAddress = address };
        while (!stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref next) - 1;
            while (!await TryPostAsync(http, number) && !stop.IsCancellationRequested)
                await Task.Delay(10, CancellationToken.None);
        }
    }

    private async Task<bool> TryPostAsync(HttpClient http, int number)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/messages") { Content = new StringContent(BodyOf(number), null, "application/json") };
            request.Headers.Add("Idempotency-Key", $"load-{number}");
            using var response = await http.SendAsync(request, CancellationToken.None);
            if ((int)response.StatusCode != 202)
            {
                OtherStatuses.Add((int)response.StatusCode);
                return false;
            }

            var receipt = await response.Content.ReadFromJsonAsync<JsonElement>(CancellationToken.None);
            acknowledged[number] = receipt.GetProperty("id").GetString()!;
            return true;
        }
        catch (HttpRequestException)
        {
            // The server is down: the message may be stored or not.
            return false;
        }
    }
}
