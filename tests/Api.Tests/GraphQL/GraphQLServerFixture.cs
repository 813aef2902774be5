using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.GraphQL;

/// <summary>A server that counts cities, and readings by day and city.</summary>
public class GraphQLServerFixture : ServerFixture
{
    public const string Aggregates =
        """
        [
          {"name":"cities","group":[{"name":"city","pointer":"/city"}],
            "measures":[{"name":"n","kind":"count"},{"name":"sum","kind":"sum","pointer":"/v"}]},
          {"name":"days","sources":["days"],"group":[{"name":"city","pointer":"/city"}],
           "measures":[{"name":"most","kind":"max","pointer":"/v"},
             {"name":"p","kind":"quantiles","pointer":"/v","quantiles":[0.5]}],
           "window":{"size":"1d","by":"event","time":"/t","format":"unix-ms"}},
          {"name":"all","measures":[{"name":"n","kind":"count"}]}
        ]
        """;

    /// <summary>A further server, over an empty database of its own.</summary>
    public virtual Task<RunningServer> NewServerAsync() => RunningServer.StartAsync(aggregates: Aggregates);

    protected override Task<RunningServer> StartAsync() => NewServerAsync();
}
