using System.Globalization;
using System.Text;
using Microsoft.Playwright;

namespace Tributary.Silo.Tests.Page;

/// <summary>An open page: what it logged, what it asked for, and the words to look at it with.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly Uri address;
    private readonly HttpClient http;

    public OpenPage(IBrowserContext context, IPage tab, Uri address)
    {
        this.context = context;
        this.address = address;
        Tab = tab;
        http = new HttpClient { BaseAddress = address };
        tab.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Add(message.Text);
        };
        tab.PageError += (_, error) => Complaints.Add(error);
        tab.Request += (_, request) => Requests.Add(new Uri(request.Url));
    }

    public IPage Tab { get; }

    /// <summary>Errors, warnings and uncaught exceptions so far.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Everything that was requested so far.</summary>
    public List<Uri> Requests { get; } = [];

    public ILocator Connection => Tab.Locator("#connection [role=status]");

    public ILocator LiveMessages => Tab.Locator("#live-list > li");

    public ILocator SavedMessages => Tab.Locator("#saved-list > li");

    public Task WaitUntilLiveAsync() => Assertions.Expect(Connection).ToHaveTextAsync("Live");

    /// <summary>Sends a message as a producer would; returns when the server has said that it is durable.</summary>
    public async Task PostAsync(string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("api/v1/messages", UriKind.Relative), content);
        Assert.Equal(202, (int)answer.StatusCode);
    }

    public Task<string> GetAsync(string path) => http.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>How much wider the document is than the window, in pixels.</summary>
    public Task<int> OverflowAsync() =>
        Tab.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    /// <summary>A word that no other test's message contains.</summary>
    public static string Marker() => "m" + Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..12];

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await context.CloseAsync();
    }
}
