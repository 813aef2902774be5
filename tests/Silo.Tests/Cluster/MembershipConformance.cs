using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Messaging;
using Tributary.Silo.Configuration;
using Tributary.Silo.Hosting.Cluster;

namespace Tributary.Silo.Tests.Cluster;

/// <summary>What Orleans expects of the place in which silos find each other, through Orleans' own providers.</summary>
public abstract class MembershipConformance : IAsyncLifetime
{
    private static int lastGeneration;

    private IHost silo = null!;
    private IHost client = null!;
    private IMembershipTable table = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>True when only members that were declared dead are cleaned up.</summary>
    protected virtual bool KeepsAllButTheDead => false;

    private IGatewayListProvider Gateways => client.Services.GetRequiredService<IGatewayListProvider>();

    public async ValueTask InitializeAsync()
    {
        var config = await NewConfigAsync();
        // Never started: only their providers are used.
        silo = new HostBuilder().UseOrleans(builder => builder.UseConfiguredCluster(config)).Build();
        client = new HostBuilder().UseOrleansClient(builder => builder.UseConfiguredCluster(config)).Build();
        // Also makes the tables of PostgreSQL, as a client does that starts first.
        await Gateways.InitializeGatewayListProviderAsync(Cancellation);
        table = silo.Services.GetRequiredService<IMembershipTable>();
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Cancellation);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Ended(silo);
        await Ended(client);

        static async Task Ended(IHost host)
        {
            if (host is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_new_table_has_a_version_and_no_members_and_stays_when_it_is_initialised_again()
    {
        var read = await table.ReadAllAsync(Cancellation);
        Assert.Empty(read.Members);
        Assert.Equal(0, read.Version.Version);
        Assert.True(await table.InsertRowAsync(Entry(), read.Version.Next(), Cancellation));

        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Cancellation);

        Assert.Equal(1, (await table.ReadAllAsync(Cancellation)).Version.Version);
    }

    [Fact]
    public async Task A_member_is_read_as_it_was_inserted_alone_and_among_others()
    {
        var (first, second) = (Entry(), Entry());
        second.Status = SiloStatus.Active;
        second.SuspectTimes = null;
        Assert.True(await InsertAsync(first));
        Assert.True(await InsertAsync(second));

        var all = await table.ReadAllAsync(Cancellation);
        var one = await table.ReadRowAsync(second.SiloAddress, Cancellation);

        Assert.Equal(2, all.Version.Version);
        Assert.Equal(all.Version.VersionEtag, one.Version.VersionEtag);
        AssertSame(first, all.TryGet(first.SiloAddress)!.Item1);
        AssertSame(second, Assert.Single(one.Members).Item1);
        Assert.Empty((await table.ReadRowAsync(Address(), Cancellation)).Members);
    }

    [Fact]
    public async Task An_insert_that_was_decided_on_an_old_version_changes_nothing()
    {
        var old = (await table.ReadAllAsync(Cancellation)).Version.Next();
        var member = Entry();
        Assert.True(await table.InsertRowAsync(member, old, Cancellation));

        Assert.False(await table.InsertRowAsync(Entry(), old, Cancellation));
        Assert.False(await table.InsertRowAsync(member, old, Cancellation));

        var read = await table.ReadAllAsync(Cancellation);
        Assert.Equal(1, read.Version.Version);
        Assert.Single(read.Members);
    }

    [Fact]
    public async Task A_member_that_exists_is_not_inserted_again_and_the_version_stays()
    {
        var member = Entry();
        Assert.True(await InsertAsync(member));

        Assert.False(await InsertAsync(member));

        var read = await table.ReadAllAsync(Cancellation);
        Assert.Equal(1, read.Version.Version);
        Assert.Single(read.Members);
    }

    [Fact]
    public async Task An_update_with_the_present_version_is_read_back()
    {
        var member = Entry();
        await InsertAsync(member);
        var read = await table.ReadAllAsync(Cancellation);
        member.Status = SiloStatus.Dead;
        member.SuspectTimes = [Tuple.Create(Address(), Now()), Tuple.Create(Address(), Now().AddSeconds(1))];
        member.IAmAliveTime = Now().AddSeconds(3);

        Assert.True(await table.UpdateRowAsync(
            member, read.TryGet(member.SiloAddress)!.Item2, read.Version.Next(), Cancellation));

        var after = await table.ReadAllAsync(Cancellation);
        Assert.Equal(2, after.Version.Version);
        AssertSame(member, Assert.Single(after.Members).Item1);
    }

    [Fact]
    public async Task An_update_that_was_decided_on_an_old_version_changes_nothing()
    {
        var member = Entry();
        await InsertAsync(member);
        var old = await table.ReadAllAsync(Cancellation);
        var etag = old.TryGet(member.SiloAddress)!.Item2;
        member.Status = SiloStatus.Active;
        Assert.True(await table.UpdateRowAsync(member, etag, old.Version.Next(), Cancellation));

        var late = Entry(member.SiloAddress);
        late.Status = SiloStatus.Dead;
        Assert.False(await table.UpdateRowAsync(late, etag, old.Version.Next(), Cancellation));

        var after = await table.ReadAllAsync(Cancellation);
        Assert.Equal(2, after.Version.Version);
        Assert.Equal(SiloStatus.Active, Assert.Single(after.Members).Item1.Status);
    }

    [Fact]
    public async Task Of_many_that_insert_at_once_each_gets_in_and_counts_one_version()
    {
        const int SilosCount = 20;
        var members = Enumerable.Range(0, SilosCount).Select(_ => Entry()).ToList();

        await Task.WhenAll(members.Select(InsertUntilItHoldsAsync));

        var read = await table.ReadAllAsync(Cancellation);
        Assert.Equal(SilosCount, read.Version.Version);
        Assert.Equal(
            members.Select(static member => member.SiloAddress).Order(),
            read.Members.Select(static row => row.Item1.SiloAddress).Order());
    }

    [Fact]
    public async Task Of_many_updates_at_once_none_is_lost()
    {
        const int WritersCount = 10;
        var member = Entry();
        await InsertAsync(member);

        await Task.WhenAll(Enumerable.Range(0, WritersCount).Select(async _ =>
        {
            var suspicion = Tuple.Create(Address(), Now());
            while (true)
            {
                var read = await table.ReadAllAsync(Cancellation);
                var (row, etag) = read.TryGet(member.SiloAddress)!;
                row.SuspectTimes = [.. row.SuspectTimes ?? [], suspicion];
                if (await HoldsAsync(() => table.UpdateRowAsync(row, etag, read.Version.Next(), Cancellation)))
                    return;
            }
        }));

        var after = await table.ReadAllAsync(Cancellation);
        Assert.Equal(1 + WritersCount, after.Version.Version);
        var suspected = Assert.Single(after.Members).Item1.SuspectTimes;
        Assert.Equal(WritersCount, suspected!.Select(static one => one.Item1).Distinct().Count());
    }

    [Fact]
    public async Task A_sign_of_life_is_kept_and_changes_no_version()
    {
        var member = Entry();
        await InsertAsync(member);
        var alive = Now().AddSeconds(5);

        // Orleans gives no more than this.
        await table.UpdateIAmAliveAsync(
            new MembershipEntry { SiloAddress = member.SiloAddress, IAmAliveTime = alive }, Cancellation);

        var read = await table.ReadAllAsync(Cancellation);
        Assert.Equal(1, read.Version.Version);
        var row = Assert.Single(read.Members).Item1;
        Assert.Equal(alive, row.IAmAliveTime, TimeSpan.FromSeconds(1));
        Assert.Equal(member.Status, row.Status);
    }

    [Fact]
    public async Task Members_that_ended_long_ago_are_cleaned_up_and_active_ones_stay()
    {
        foreach (var status in Enum.GetValues<SiloStatus>())
        {
            var old = Entry();
            old.Status = status;
            old.StartTime = old.IAmAliveTime = Now().AddDays(-10);
            await InsertAsync(old);
        }

        var young = Entry();
        young.Status = SiloStatus.Dead;
        await InsertAsync(young);

        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UtcNow.AddDays(-7), Cancellation);

        var left = (await table.ReadAllAsync(Cancellation)).Members.Select(static row => row.Item1).ToList();
        Assert.Equal(KeepsAllButTheDead ? Enum.GetValues<SiloStatus>().Length : 2, left.Count);
        Assert.Contains(left, member => member.SiloAddress.Equals(young.SiloAddress));
        Assert.Contains(left, static member => member.Status == SiloStatus.Active);
    }

    [Fact]
    public async Task A_client_finds_the_gateways_of_active_members_and_no_others()
    {
        var (active, joining, closed) = (Entry(), Entry(), Entry());
        active.Status = SiloStatus.Active;
        (closed.Status, closed.ProxyPort) = (SiloStatus.Active, 0);
        foreach (var member in (MembershipEntry[])[active, joining, closed])
            await InsertAsync(member);

        var gateways = await Gateways.GetGatewaysAsync(Cancellation);

        var found = Assert.Single(gateways).ToString();
        Assert.Contains($":{active.ProxyPort}/", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_whose_entries_were_deleted_begins_anew()
    {
        await InsertAsync(Entry());

        await table.DeleteMembershipTableEntriesAsync(
            silo.Services.GetRequiredService<ILocalSiloDetails>().ClusterId, Cancellation);
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Cancellation);

        Assert.Empty((await table.ReadAllAsync(Cancellation)).Members);
        Assert.True(await InsertAsync(Entry()));
    }

    /// <summary>A configuration with a cluster in a place that holds nothing of it.</summary>
    internal abstract Task<SiloConfig> NewConfigAsync();

    private async Task<bool> InsertAsync(MembershipEntry entry) =>
        await table.InsertRowAsync(
            entry, (await table.ReadAllAsync(Cancellation)).Version.Next(), Cancellation);

    private async Task InsertUntilItHoldsAsync(MembershipEntry entry)
    {
        while (!await HoldsAsync(() => InsertAsync(entry)))
            Cancellation.ThrowIfCancellationRequested();
    }

    // Orleans takes an error of the provider for a failure as well, and tries again.
    private static async Task<bool> HoldsAsync(Func<Task<bool>> write)
    {
        try
        {
            return await write();
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            return false;
        }
    }

    private static void AssertSame(MembershipEntry expected, MembershipEntry found)
    {
        Assert.Equal(expected.SiloAddress, found.SiloAddress);
        Assert.Equal(
            (expected.SiloName, expected.HostName, expected.Status, expected.ProxyPort),
            (found.SiloName, found.HostName, found.Status, found.ProxyPort));
        Assert.Equal(expected.SuspectTimes ?? [], found.SuspectTimes ?? []);
        Assert.Equal(expected.StartTime, found.StartTime, TimeSpan.FromSeconds(1));
        Assert.Equal(expected.IAmAliveTime, found.IAmAliveTime, TimeSpan.FromSeconds(1));
    }

    private static MembershipEntry Entry(SiloAddress? address = null)
    {
        address ??= Address();
        return new MembershipEntry
        {
            SiloAddress = address,
            HostName = "host",
            SiloName = $"silo {address.Generation}",
            Status = SiloStatus.Joining,
            ProxyPort = 20_000 + address.Generation,
            StartTime = Now(),
            IAmAliveTime = Now(),
        };
    }

    private static SiloAddress Address() =>
        SiloAddress.New(IPAddress.Loopback, 12_345, Interlocked.Increment(ref lastGeneration));

    // The provider for relational databases writes times of suspicions in whole milliseconds.
    private static DateTime Now()
    {
        var now = DateTime.UtcNow;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
    }
}
