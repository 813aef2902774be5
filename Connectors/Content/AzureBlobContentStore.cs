using Azure.Core;
using Azure.Identity;
using Tributary.Connectors.Configuration;
using Tributary.Connectors.Content.Azure;
using Tributary.Connectors.Http;

namespace Tributary.Connectors.Content;

/// <summary>
/// <c>azure-blob</c>: locations are names of blobs, searched for in the configured containers in their order.
/// </summary>
public sealed class AzureBlobContentStoreFactory : IContentStoreFactory
{
    private const int MaxContainersCount = 64;
    private const string AccountAllowed = "the name of a storage account: 3 to 24 lower-case letters and digits";
    private const string KeyAllowed = "an account key in base64";
    private const string AccessAllowed =
        "at most one of account_key, sas_token, and tenant_id with client_id and client_secret";

    private readonly Func<TokenCredential> identity = static () => new DefaultAzureCredential();

    public AzureBlobContentStoreFactory()
    {
    }

    /// <summary>Uses another identity than the machine's.</summary>
    internal AzureBlobContentStoreFactory(Func<TokenCredential> identity) => this.identity = identity;

    public string Type => "azure-blob";

    public IContentStore? Create(ConfigField config, ConnectorServices services)
    {
        var section = config.Section([
            "type",
            "account",
            "endpoint",
            "container",
            "containers",
            "account_key",
            "sas_token",
            "tenant_id",
            "client_id",
            "client_secret",
            .. StoreLimits.Keys,
        ]);
        var account = section["account"].Required(AccountAllowed);
        if (account is not null
            && (
                account.Length is < 3 or > 24
                || !account.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character))))
            section["account"].Fail(AccountAllowed);

        var endpoint = section["endpoint"].Url();
        var containersField = section.Either("containers", "container");
        var containers = containersField.Names(MaxContainersCount, "container");
        if (!containersField.IsSet)
            containersField.Fail("nothing", "the container or containers to look in");
        var access = Access(section, account ?? "");
        var limits = StoreLimits.Read(section);
        if (access is null || config.ErrorCount > 0)
            return null;

        var root = endpoint?.AbsoluteUri.TrimEnd('/') ?? $"https://{account}.blob.core.windows.net";
        return new AzureBlobContentStore(root, containers, access, limits, services.Time);
    }

    private BlobAccess? Access(ConfigSection section, string account)
    {
        var key = section["account_key"].Text(KeyAllowed, isSecret: true);
        var signature = section["sas_token"].Text("a shared access signature: a query with sig", isSecret: true);
        var tenant = section["tenant_id"].Text("a tenant's id");
        var client = section["client_id"].Text("a client's id");
        var secret = section["client_secret"].Text("a client's secret", isSecret: true);
        var hasSecret = tenant is not null && client is not null && secret is not null;
        if (!hasSecret && (tenant ?? client ?? secret) is not null)
        {
            section["client_secret"].Fail("some of tenant_id, client_id and client_secret", "all of them or none");
            return null;
        }

        if ((key is null ? 0 : 1) + (signature is null ? 0 : 1) + (hasSecret ? 1 : 0) > 1)
        {
            section[key is null ? "sas_token" : "account_key"].Fail("several ways to be let in", AccessAllowed);
            return null;
        }

        if (hasSecret)
            return new BlobAccess.Identity(new ClientSecretCredential(tenant, client, secret));
        if (signature is not null)
            return new BlobAccess.Signature(signature.TrimStart('?'));
        if (key is null)
            return new BlobAccess.Identity(identity());

        var bytes = new byte[key.Length];
        if (Convert.TryFromBase64String(key, bytes, out var count) && count > 0)
            return new BlobAccess.Key(new SharedKey(account, bytes[..count]));
        section["account_key"].Fail(KeyAllowed, isSecret: true);
        return null;
    }
}

internal sealed class AzureBlobContentStore(
    string root, IReadOnlyList<string> containers, BlobAccess access, StoreLimits limits,
    TimeProvider time) : IContentStore
{
    private const string ServiceVersion = "2021-12-02";

    private static readonly Faults Faults = new("content", "azure-blob");

    private readonly StoreClient client = new(StoreClient.TrustedHandler(limits), limits, Faults, time);

    public ValueTask<ContentSource> OpenAsync(string location, CancellationToken cancellation)
    {
        var name = ObjectNames.Escape(location, Faults);
        return ContainerSearch.FirstAsync(
            containers, container => GetAsync(container, name, location, cancellation), Faults, location);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ContentSource> GetAsync(
        string container, string name, string location, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri($"{root}/{Uri.EscapeDataString(container)}/{name}"));
        request.Headers.Add("x-ms-version", ServiceVersion);
        try
        {
            await access.AuthorizeAsync(request, time.GetUtcNow(), cancellation);
        }
        catch (AuthenticationFailedException error)
        {
            throw Faults.Unavailable(location, "no token could be had for this identity", error);
        }

        return await client.OpenBodyAsync(
            await client.SendAsync(request, location, cancellation), location, cancellation);
    }
}
