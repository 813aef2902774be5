using System.Net;
using Tributary.Connectors.Configuration;

namespace Tributary.Silo.Configuration;

/// <summary>Reads the cluster that the silo belongs to.</summary>
internal static class ClusterReader
{
    private const int MaxNameChars = 150;

    /// <summary>Which addresses the ports between silos may have.</summary>
    public const string AddressesAllowed =
        "a loopback address such as 127.0.0.1; or cluster.tls with certificates of the cluster's own authority";

    private const string NameAllowed = "1 to 150 letters, digits, -, _ and .";
    private const string AdvertiseAllowed = "an IP address or a host name of this machine that the other silos reach";
    private const string LocalAllowed = "nothing, except with type: postgres, redis or azure-table";

    private static readonly string[] Keys =
        ["type", "id", "service", "advertise", "silo_port", "gateway_port", "connection", "tls"];

    /// <param name="baseFolder">The folder where relative paths of certificates start.</param>
    public static ClusterConfig Read(ConfigField field, DatabaseConfig database, string baseFolder)
    {
        var cluster = field.Section(Keys);
        var defaults = new ClusterConfig();
        var type = TypeOf(cluster["type"]);
        if (type == ClusterType.Local)
        {
            foreach (var key in Keys.Where(key => key != "type" && cluster[key].IsSet))
                cluster[key].Fail(LocalAllowed, isSecret: key == "connection");
            return defaults;
        }

        if (database.Connection is null)
            cluster["type"].Fail(
                $"{cluster["type"].Text("a type")} with the embedded database, which has one silo",
                "local; or database.type: postgres, which several silos share");
        var config = new ClusterConfig
        {
            Type = type,
            Id = Name(cluster["id"]) ?? defaults.Id,
            Service = Name(cluster["service"]) ?? defaults.Service,
            Advertise = cluster["advertise"].Text(AdvertiseAllowed) ?? defaults.Advertise,
            SiloPort = Port(cluster["silo_port"]) ?? defaults.SiloPort,
            GatewayPort = Port(cluster["gateway_port"]) ?? defaults.GatewayPort,
            Connection = ConnectionOf(type, cluster["connection"]),
            Tls = Tls(cluster["tls"], baseFolder),
        };
        Check(config, cluster);
        return config;
    }

    private static ClusterType TypeOf(ConfigField field) =>
        field.OneOf("local", "postgres", "redis", "azure-table") switch
        {
            "postgres" => ClusterType.Postgres,
            "redis" => ClusterType.Redis,
            "azure-table" => ClusterType.AzureTable,
            _ => ClusterType.Local,
        };

    private static string? Name(ConfigField field)
    {
        if (field.Text(NameAllowed) is not { } text)
            return null;
        if (text.Length <= MaxNameChars && text.All(IsNameCharacter))
            return text;
        field.Fail(NameAllowed);
        return null;
    }

    private static bool IsNameCharacter(char one) => char.IsAsciiLetterOrDigit(one) || one is '-' or '_' or '.';

    private static int? Port(ConfigField field) => (int?)field.Whole(0, 65_535, "port");

    private static string? ConnectionOf(ClusterType type, ConfigField field)
    {
        var allowed = type == ClusterType.Redis
            ? "a connection string of Redis such as redis.example.org:6379,password=${PASSWORD}"
            : "a connection string of Azure Storage, or the URL of its tables such as "
                + "https://account.table.core.windows.net, which is reached with the identity of this process";
        if (type == ClusterType.Postgres)
        {
            if (field.IsSet)
                field.Fail("nothing with type: postgres, which takes database.connection", isSecret: true);
            return null;
        }

        if (!field.IsSet)
            field.Fail(allowed);
        return field.Text(allowed, isSecret: true);
    }

    private static ClusterTlsConfig? Tls(ConfigField field, string baseFolder)
    {
        if (!field.IsSet)
            return null;
        var tls = field.Section("certificate", "key", "authority");
        var (certificate, key, authority) = (Pem("certificate"), Pem("key"), Pem("authority"));
        return certificate is null || key is null || authority is null
            ? null
            : new ClusterTlsConfig(certificate, key, authority);

        string? Pem(string name)
        {
            const string Allowed = "the path of a file in PEM format";
            if (!tls[name].IsSet)
                tls[name].Fail(Allowed);
            return tls[name].Text(Allowed) is { } path ? Path.GetFullPath(path, baseFolder) : null;
        }
    }

    // The address of a name is known at the start only.
    private static void Check(ClusterConfig config, ConfigSection cluster)
    {
        if (config.SiloPort == config.GatewayPort && config.SiloPort != 0)
            cluster["gateway_port"].Fail($"{config.GatewayPort}, which is the silo_port", "another port");
        if (!IPAddress.TryParse(config.Advertise, out var address))
            return;
        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            cluster["advertise"].Fail(AdvertiseAllowed);
        else if (!IPAddress.IsLoopback(address) && !cluster["tls"].IsSet)
            cluster["advertise"].Fail($"{address}, which other machines reach, without TLS", AddressesAllowed);
    }
}
