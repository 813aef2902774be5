using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OwnHost;
using Tributary.Api.Health;
using Tributary.Pipeline.Intake;
using Tributary.Silo.Composition;
using Tributary.Silo.Configuration;
using Tributary.Storage;
using Tributary.Storage.Ledger;
using Tributary.Storage.Messages;

namespace Tributary.Silo.Tests.Hosting;

/// <summary>
/// Tributary in a host that has grains and routes of its own: the sample, and hosts that do without its web part.
/// </summary>
public sealed class OwnHostTests : IDisposable
{
    private readonly HostFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_grain_of_the_hosts_own_posts_what_is_stored_and_counted()
    {
        await using var app = NewSample(folder.Config);
        await app.StartAsync(Cancellation);
        var grain = app.Services.GetRequiredService<global::Orleans.IGrainFactory>().GetGrain<IStationGrain>("s-1");

        Assert.Equal(1, await grain.Report(21.5));
        Assert.Equal(2, await grain.Report(22.5));

        Assert.Equal(2, await CountAsync(app, "s-1"));
        await app.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Its_routes_stand_beside_those_of_the_API()
    {
        await using var app = NewSample(folder.Config);
        await app.StartAsync(Cancellation);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        using var report = await http.PostAsync(
            new Uri("stations/s-2/readings?celsius=4", UriKind.Relative), null, Cancellation);
        Assert.Equal("1", await report.Content.ReadAsStringAsync(Cancellation));
        using var posted = await http.PostAsJsonAsync("api/v1/messages", new { station = "s-2" }, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);

        var read = await http.GetFromJsonAsync<JsonElement>("api/v1/aggregates/by-station", Cancellation);
        Assert.Equal(2, read.GetProperty("rows")[0].GetProperty("count").GetInt32());
        await app.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_host_without_a_web_server_takes_messages_and_finds_them_after_a_restart()
    {
        for (var life = 1; life <= 2; life++)
        {
            using var host = NewPlain(folder.Config);
            await host.StartAsync(Cancellation);
            var door = host.Services.GetRequiredService<MessageIntake>();
            await door.AcceptAsync(new IntakeRequest { Source = "s", Body = """{"station":"s-3"}"""u8.ToArray() });

            var ledger = await host.Services.GetRequiredService<ILedgerReads>().ReadLedgerAsync(true, Cancellation);
            Assert.Equal(life, ledger.Total.Accepted);
            await host.StopAsync(Cancellation);
        }
    }

    [Fact]
    public async Task Two_hosts_on_one_machine_do_not_meet()
    {
        using var other = new HostFolder();
        using var one = NewPlain(folder.Config);
        using var two = NewPlain(other.Config);
        await Task.WhenAll(one.StartAsync(Cancellation), two.StartAsync(Cancellation));

        Assert.NotEqual(AddressOf(one), AddressOf(two));
        Assert.Equal([AddressOf(one)], MembersOf(one));
        Assert.Equal([AddressOf(two)], MembersOf(two));
        await Task.WhenAll(one.StopAsync(Cancellation), two.StopAsync(Cancellation));
    }

    [Fact]
    public async Task Its_health_check_says_no_before_the_start_yes_after_it_and_no_after_the_stop()
    {
        using var host = NewPlain(folder.Config);
        var checks = host.Services.GetRequiredService<HealthCheckService>();

        Assert.Equal("not_ready", await CodeAsync(checks));
        await host.StartAsync(Cancellation);
        Assert.Null(await CodeAsync(checks));
        await host.StopAsync(Cancellation);
        Assert.Equal("not_ready", await CodeAsync(checks));
    }

    [Fact]
    public void What_exists_after_the_start_says_so_by_name_when_it_is_asked_for_before()
    {
        using var host = NewPlain(folder.Config);

        var door = Assert.Throws<InvalidOperationException>(host.Services.GetRequiredService<MessageIntake>);
        Assert.Equal("ApiNode is known once the node has started, and not before.", door.Message);
        Assert.Throws<InvalidOperationException>(host.Services.GetRequiredService<IMessageReads>);
    }

    [Fact]
    public void A_host_takes_Tributary_once_and_only_with_the_role_silo()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddTributary(folder.Config);
        Assert.Throws<InvalidOperationException>(() => builder.AddTributary(folder.Config));

        var reader = folder.Config with { Roles = Roles.Api };
        Assert.Throws<ArgumentException>(() => Host.CreateEmptyApplicationBuilder(null).AddTributary(reader));
    }

    [Fact]
    public async Task A_start_that_fails_gives_back_what_it_took()
    {
        using (var holder = NewPlain(folder.Config))
        {
            await holder.StartAsync(Cancellation);
            using var second = NewPlain(folder.Config);
            var held = await Assert.ThrowsAsync<StoreException>(() => second.StartAsync(Cancellation));
            Assert.Contains("is in use by process", held.Message, StringComparison.Ordinal);
            await holder.StopAsync(Cancellation);
        }

        // The plugins are refused after the engine has joined: the database must be free again.
        var broken = folder.Config with
        {
            Pipeline = folder.Config.Pipeline with { Plugins = new PluginsConfig { Active = ["nobody-has-this"] } },
        };
        using (var refused = NewPlain(broken))
        {
            var unknown = await Assert.ThrowsAsync<TributaryException>(() => refused.StartAsync(Cancellation));
            Assert.Equal("plugin_unknown", unknown.Code);
        }

        using var next = NewPlain(folder.Config);
        await next.StartAsync(Cancellation);
        await next.StopAsync(Cancellation);
    }

    private static IHost NewPlain(SiloConfig config)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddTributary(config);
        return builder.Build();
    }

    private static WebApplication NewSample(SiloConfig config) =>
        StationHost.Build(config, "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None");

    private static async Task<long> CountAsync(WebApplication app, string station)
    {
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        var read = await http.GetFromJsonAsync<JsonElement>(
            $"api/v1/aggregates/by-station?group=[\"{station}\"]", Cancellation);
        return read.GetProperty("rows")[0].GetProperty("count").GetInt64();
    }

    private static async Task<string?> CodeAsync(HealthCheckService checks)
    {
        var entry = (await checks.CheckHealthAsync(Cancellation)).Entries[NodeHealth.Name];
        return entry.Status == HealthStatus.Healthy ? null : Assert.IsType<TributaryException>(entry.Exception).Code;
    }

    private static global::Orleans.Runtime.SiloAddress AddressOf(IHost host) =>
        host.Services.GetRequiredService<global::Orleans.Runtime.ILocalSiloDetails>().SiloAddress;

    private static IEnumerable<global::Orleans.Runtime.SiloAddress> MembersOf(IHost host) =>
        host
            .Services.GetRequiredService<global::Orleans.Runtime.IClusterMembershipService>()
            .CurrentSnapshot.Members.Keys;
}
