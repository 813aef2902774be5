using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Tributary.Silo.Tests.Live;

/// <summary>
/// One subscription over an event stream of its own; like <see cref="SocketSubscribers"/> it comes back, and now and
/// then it leaves.
/// </summary>
internal sealed class StreamSubscriber(HttpClient http, SubscriberBook book, ServerGate gate, int seed)
{
    private readonly Random random = new(seed);

    public int LeftCount { get; private set; }

    public int ToldCount { get; private set; }

    public int LostCount { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!book.Done.IsCompleted)
        {
            await gate.WaitAsync(cancellation);
            try
            {
                await ReadAsync(cancellation);
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                LostCount++;
            }
        }
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("graphql", UriKind.Relative))
        {
            Content = JsonContent.Create(new { query = SubscriberBook.Query, variables = new { after = book.After } }),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        var leaveAfterCount = random.Next(2) == 0 ? random.Next(10, 500) : int.MaxValue;
        for (var count = 0; !book.Done.IsCompleted && await reader.ReadLineAsync(cancellation) is { } line;)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
                continue;
            var json = Encoding.UTF8.GetBytes(line["data: ".Length..]);
            if (!book.TryTake(json))
            {
                book.Resume(AnswerErrors.CursorOf(JsonElement.Parse(json)));
                ToldCount++;
            }

            if (++count < leaveAfterCount)
                continue;
            LeftCount++;
            return;
        }
    }
}
