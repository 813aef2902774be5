namespace Tributary.Silo.Tests.Configuration;

/// <summary>Where each value of the configuration goes, and in which unit.</summary>
public sealed class ConfigurationValuesTests : IDisposable
{
    private readonly ConfigurationFile file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public void Every_limit_goes_to_its_place_in_its_unit()
    {
        var config = file.Load(
            """
            limits:
              {body_bytes: 2001, waiting_calls: 102, waiting_bytes: 2000003, activations: 1004, connections: 5,
               subscribers: 6, dedupe_days: 7, stop_delay_seconds: 14}
            processing:
              {running: 8, backlog: 40009, content_bytes: 10, memory_bytes: 11, metadata_bytes: 12, plugin_seconds: 13}
            """);

        Assert.Equal(2001, config.Api.MaxBodyBytes);
        Assert.Equal(
            (102, 2_000_003L, 1004),
            (config.Silo.MaxWaitingCallsCount, config.Silo.MaxWaitingBytes, config.Silo.MaxActivationsCount));
        Assert.Equal((5, 6), (config.MaxConnectionsCount, config.Feed.MaxSubscribersCount));
        Assert.Equal(TimeSpan.FromDays(7), config.Dedupe.Remember);
        Assert.Equal(TimeSpan.FromSeconds(14), config.StopDelay);
        var processing = config.Pipeline.Processing;
        Assert.Equal(
            (8, 10L, 11, 12),
            (processing.MaxRunningCount, processing.MaxContentBytes, processing.MaxMemoryBytes,
                processing.MaxMetadataBytes));
        Assert.Equal(TimeSpan.FromSeconds(13), config.Pipeline.Plugins.TimeLimit);
        Assert.Equal(
            (40_009, 40_009, 80_018),
            (config.Pipeline.MaxBacklogCount, config.Silo.MaxWaitingActivitiesCount,
                config.Silo.MaxLocalHandOversCount));
    }

    [Fact]
    public void As_many_activities_run_as_keep_the_plugins_busy()
    {
        Assert.True(file.Load("processing: {running: 5000}").Silo.MaxActivitiesCount >= 10_000);
        var defaults = file.Load("");
        Assert.Equal(defaults.Silo.MaxActivitiesCount, file.Load("processing: {running: 1}").Silo.MaxActivitiesCount);
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void A_key_has_16_to_256_characters(int length, bool isAllowed) =>
        IsAllowed($"api: {{keys: [{new string('k', length)}]}}", isAllowed, "api.keys[0]");

    [Theory]
    [InlineData(512, true)]
    [InlineData(513, false)]
    public void A_source_has_at_most_512_bytes(int length, bool isAllowed) =>
        IsAllowed($"endpoints: [{{path: /x, source: {new string('s', length)}}}]", isAllowed, "endpoints[0].source");

    [Theory]
    [InlineData("factor: 1", true)]
    [InlineData("factor: 100", true)]
    [InlineData("factor: 100.1", false)]
    [InlineData("jitter: 0", true)]
    [InlineData("jitter: 1", true)]
    [InlineData("jitter: 1.01", false)]
    [InlineData("first: 2m, ceiling: 2m", true)]
    [InlineData("first: 2m, ceiling: 1m", false)]
    public void The_bounds_of_a_retry_are_allowed(string values, bool isAllowed) =>
        IsAllowed(
            $"retry: [{{then: retry, {values}}}]", isAllowed,
            $"retry[0].{(values.Contains("ceiling", StringComparison.Ordinal) ? "ceiling" : values.Split(':')[0])}");

    [Fact]
    public void A_connection_in_parts_has_the_servers_own_defaults()
    {
        var text = file.Load("database: {type: postgres, connection: {host: db}}").Connection!;
        var parts = new Npgsql.NpgsqlConnectionStringBuilder(text);
        Assert.Equal(
            ("db", 5432, "postgres", "postgres", 15),
            (parts.Host, parts.Port, parts.Database, parts.Username, parts.Timeout));
    }

    [Fact]
    public void A_list_of_the_most_items_is_allowed()
    {
        IsAllowed(
            $"api: {{origins: [{string.Join(", ", Enumerable.Range(0, 64).Select(n => $"'https://{n}.example'"))}]}}",
            true, "");
        IsAllowed(
            $"api: {{origins: [{string.Join(", ", Enumerable.Range(0, 65).Select(n => $"'https://{n}.example'"))}]}}",
            false, "api.origins");
    }

    private void IsAllowed(string yaml, bool isAllowed, string key)
    {
        if (isAllowed)
            file.Load(yaml);
        else
            Assert.Equal(key, Assert.Single(file.ErrorsOf(yaml)).Key);
    }
}
