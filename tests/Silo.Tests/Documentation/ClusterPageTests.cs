using System.Collections;
using System.Text.RegularExpressions;
using Tributary.Silo.Configuration;
using Tributary.Silo.Tests.Configuration;

namespace Tributary.Silo.Tests.Documentation;

/// <summary>The configurations of the page about clusters, and its table of keys.</summary>
public sealed partial class ClusterPageTests
{
    private static readonly DocumentPage Page = DocumentPage.Of("docs/cluster.md");

    [Fact]
    public void Its_configurations_are_read_as_it_says()
    {
        var environment = new Hashtable { ["TRIBUTARY_DB_PASSWORD"] = "secret" };
        using var file = new ConfigurationFile();
        var configs = Page.Examples.Where(static example => example.Language == "yaml")
            .Select(example => file.Load(example.Text, environment)).ToList();

        Assert.Equal(3, configs.Count);
        var first = configs[0].Cluster;
        Assert.Equal(
            (ClusterType.Postgres, "readings", "127.0.0.1", 11_111, 30_000),
            (first.Type, first.Id, first.Advertise, first.SiloPort, first.GatewayPort));
        Assert.Equal("192.0.2.7", configs[1].Cluster.Advertise);
        Assert.Equal("/etc/tributary/authority.pem", configs[1].Cluster.Tls!.Authority);
        Assert.Equal(TimeSpan.FromSeconds(5), configs[2].StopDelay);
    }

    [Fact]
    public void It_lists_the_keys_of_the_section()
    {
        using var file = new ConfigurationFile();
        var error = file.ErrorsOf("{cluster: {x: 1}}").First(static one => one.Found == "an unknown key");

        Assert.Equal(
            error.Allowed.Split(", "),
            KeyPattern.Matches(Page.Text.Split("| type |")[0]).Select(static row => row.Groups["key"].Value));
    }

    [GeneratedRegex(@"^\| `(?<key>[a-z_]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex KeyPattern { get; }
}
