using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tributary.Silo.Tests.Live;

/// <summary>
/// One producer per item, each sending the item's messages one after the other at an even pace. A message is sent
/// again, with its external id, until it is acknowledged: so each is stored once, and in the order of its item.
/// </summary>
internal sealed class ItemPublishers(HttpClient http, ServerGate gate, int itemsCount, int messagesCount, int perSecond)
{
    private const string Publish =
        "mutation($body: String!, $key: String!) { publish(input: {source: \"live\", itemPointer: \"/item\", "
        + "externalId: $key, body: $body}) { receipt { messageId } error { code message } } }";

    private readonly SemaphoreSlim acknowledgements = new(0);

    /// <summary>Items are numbered from 1.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll(
            Enumerable.Range(1, itemsCount).Select(item => Task.Run(() => RunAsync(item, cancellation), cancellation)));

    /// <summary>Waits until so many further messages are acknowledged.</summary>
    public async Task WaitForAcknowledgementsAsync(int count, CancellationToken cancellation)
    {
        for (var i = 0; i < count; i++)
            await acknowledgements.WaitAsync(cancellation);
    }

    public async Task PublishAsync(int item, int number, CancellationToken cancellation)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{item}/{number}");
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"item":{{item}},"n":{{number}},"text":"a reading of about the length that readings have"}""");
        while (!await TryPublishAsync(key, body, cancellation))
            await gate.WaitAsync(cancellation);
    }

    private async Task RunAsync(int item, CancellationToken cancellation)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds((double)itemsCount / perSecond));
        for (var number = 0; number < messagesCount; number++)
        {
            await pace.WaitForNextTickAsync(cancellation);
            await PublishAsync(item, number, cancellation);
            acknowledgements.Release();
        }
    }

    private async Task<bool> TryPublishAsync(string key, string body, CancellationToken cancellation)
    {
        try
        {
            using var response = await http.PostAsJsonAsync(
                new Uri("graphql", UriKind.Relative),
                new { query = Publish, variables = new { body, key } },
                cancellation);
            if (!response.IsSuccessStatusCode)
                return false;
            var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellation));
            // A silo that goes in the middle of it says so as an error.
            return answer.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
                && data.GetProperty("publish").GetProperty("receipt").ValueKind == JsonValueKind.Object;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException)
        {
            return false;
        }
    }
}
