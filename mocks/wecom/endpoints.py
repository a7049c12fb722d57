"""WeCom's endpoint table: a row an endpoint.

Law: data only. `open` rows know their caller by something else than an access token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mocks.http import Endpoint


def _get(path: str, action: str, summary: str, *, open: bool = False, facts: tuple[str, ...] = ()) -> Endpoint:  # noqa: A002 - the row's own word
    return Endpoint("GET", f"/cgi-bin/{path}", f"wecom.{action}", summary, open=open, facts=facts)


def _post(path: str, action: str, summary: str, *, open: bool = False, facts: tuple[str, ...] = ()) -> Endpoint:  # noqa: A002 - as above
    return Endpoint("POST", f"/cgi-bin/{path}", f"wecom.{action}", summary, open=open, facts=facts)


ENDPOINTS = (
    # the corp and its application
    _get("gettoken", "gettoken", "获取 access_token: an application's token", open=True),
    _get("get_jsapi_ticket", "get_jsapi_ticket", "获取企业的 jsapi_ticket: the corp's ticket for pages"),
    _get("ticket/get", "ticket_get", "获取应用的 jsapi_ticket: the application's ticket for pages"),
    _get("getcallbackip", "getcallbackip", "获取回调 IP 段: where events come from"),
    _get("get_api_domain_ip", "get_api_domain_ip", "获取接口 IP 段: where the interface is"),
    _get("agent/get", "agent_get", "获取应用: the application as it is set"),
    _get("agent/list", "agent_list", "获取应用列表: the token's application"),
    _post("agent/set", "agent_set", "设置应用: set the application"),
    _post("menu/create", "menu_create", "创建菜单: set the menu"),
    _get("menu/get", "menu_get", "获取菜单: the menu"),
    _get("menu/delete", "menu_delete", "删除菜单: no menu"),
    _post("batch/invite", "batch_invite", "邀请成员: invite members"),
    _post("batch/syncuser", "batch_syncuser", "增量更新成员: members from a table"),
    _post("batch/replaceuser", "batch_replaceuser", "全量覆盖成员: these members and no others"),
    _post("batch/replaceparty", "batch_replaceparty", "全量覆盖部门: these departments and no others"),
    _get("batch/getresult", "batch_getresult", "获取异步任务结果: how far a job is"),
    # messages
    _post("message/send", "message_send", "发送应用消息: an application message", facts=("S01", "S02", "M05")),
    _post("message/recall", "message_recall", "撤回应用消息: take a message back"),
    _post("message/update_template_card", "message_update_template_card", "更新模版卡片: update an answered card"),
    _post("message/update_taskcard", "message_update_taskcard", "更新任务卡片: update an old-style task card"),
    _post("message/get_statistics", "message_get_statistics", "查询应用消息发送统计: how many were reached"),
    _post("appchat/create", "appchat_create", "创建群聊会话: a chat of the application"),
    _get("appchat/get", "appchat_get", "获取群聊会话: who is in a chat"),
    _post("appchat/update", "appchat_update", "修改群聊会话: change a chat"),
    _post("appchat/send", "appchat_send", "应用推送消息: write to a chat"),
    _post("webhook/send", "webhook_send", "群机器人: a message through a webhook address", open=True),
    _post("webhook/upload_media", "webhook_upload", "群机器人上传文件: a file for a robot", open=True),
    # the directory
    _post("user/create", "user_create", "创建成员: a new member", facts=("M05",)),
    _post("user/update", "user_update", "更新成员: change a member"),
    _get("user/delete", "user_delete", "删除成员: a member leaves"),
    _post("user/batchdelete", "user_batchdelete", "批量删除成员: members leave"),
    _get("user/get", "user_get", "读取成员: one member", facts=("M05",)),
    _get("user/list", "user_list", "获取部门成员详情: a department's members in full"),
    _get("user/simplelist", "user_simplelist", "获取部门成员: a department's members by name"),
    _post("user/list_id", "user_list_id", "获取成员 ID 列表: every member's id"),
    _post("user/getuserid", "user_getuserid", "手机号获取 userid: by mobile number"),
    _post("user/get_userid_by_email", "user_get_userid_by_email", "邮箱获取 userid: by address"),
    _post("user/convert_to_openid", "user_convert_to_openid", "userid 转 openid: a member's openid"),
    _post("user/convert_to_userid", "user_convert_to_userid", "openid 转 userid: the member behind an openid"),
    _get("user/authsucc", "user_authsucc", "二次验证: a member has proven who he is"),
    _get("auth/getuserinfo", "auth_getuserinfo", "获取访问用户身份: who opened a page"),
    _get("user/getuserinfo", "user_getuserinfo", "获取访问用户身份 (old): who opened a page"),
    _post("auth/getuserdetail", "auth_getuserdetail", "获取访问用户敏感信息: more of who opened a page"),
    _post("department/create", "department_create", "创建部门: a new department"),
    _post("department/update", "department_update", "更新部门: change a department"),
    _get("department/delete", "department_delete", "删除部门: take a department away"),
    _get("department/list", "department_list", "获取部门列表: departments", facts=("M05",)),
    _get("department/simplelist", "department_simplelist", "获取子部门 ID 列表: departments by number"),
    _get("department/get", "department_get", "获取单个部门详情: one department"),
    _post("tag/create", "tag_create", "创建标签: a new tag"),
    _post("tag/update", "tag_update", "更新标签名字: rename a tag"),
    _get("tag/delete", "tag_delete", "删除标签: take a tag away"),
    _get("tag/get", "tag_get", "获取标签成员: whom a tag is on"),
    _get("tag/list", "tag_list", "获取标签列表: every tag"),
    _post("tag/addtagusers", "tag_addtagusers", "增加标签成员: put a tag on members"),
    _post("tag/deltagusers", "tag_deltagusers", "删除标签成员: take a tag off members"),
    # customers
    _get(
        "externalcontact/get_follow_user_list",
        "get_follow_user_list",
        "获取配置了客户联系功能的成员: who may have customers",
    ),
    _get("externalcontact/list", "external_list", "获取客户列表: a member's customers"),
    _get("externalcontact/get", "external_get", "获取客户详情: a customer"),
    _post("externalcontact/batch/get_by_user", "external_get_by_user", "批量获取客户详情: customers of members"),
    _post("externalcontact/remark", "external_remark", "修改客户备注: note something of a customer"),
    _post("externalcontact/get_user_behavior_data", "external_behavior", "获取联系客户统计数据: what members did"),
    _post("externalcontact/get_corp_tag_list", "get_corp_tag_list", "获取企业标签库: tags for customers"),
    _post("externalcontact/add_corp_tag", "add_corp_tag", "添加企业客户标签: new tags for customers"),
    _post("externalcontact/edit_corp_tag", "edit_corp_tag", "编辑企业客户标签: change a tag"),
    _post("externalcontact/del_corp_tag", "del_corp_tag", "删除企业客户标签: delete tags"),
    _post("externalcontact/mark_tag", "mark_tag", "编辑客户企业标签: put tags on a customer"),
    _post("externalcontact/add_contact_way", "add_contact_way", "配置「联系我」: a new contact way"),
    _post("externalcontact/get_contact_way", "get_contact_way", "获取「联系我」: a contact way"),
    _post("externalcontact/list_contact_way", "list_contact_way", "获取「联系我」列表: contact ways"),
    _post("externalcontact/update_contact_way", "update_contact_way", "更新「联系我」: change a contact way"),
    _post("externalcontact/del_contact_way", "del_contact_way", "删除「联系我」: delete a contact way"),
    _post("externalcontact/close_temp_chat", "close_temp_chat", "结束临时会话: end a temporary chat"),
    _post("externalcontact/groupchat/list", "groupchat_list", "获取客户群列表: group chats"),
    _post("externalcontact/groupchat/get", "groupchat_get", "获取客户群详情: a group chat"),
    _post("externalcontact/groupchat/transfer", "groupchat_transfer", "分配离职成员的客户群: chats of who has left"),
    _post(
        "externalcontact/groupchat/onjob_transfer",
        "groupchat_onjob_transfer",
        "分配在职成员的客户群: chats to another owner",
    ),
    _post("externalcontact/add_msg_template", "add_msg_template", "创建企业群发: a message to many"),
    _post("externalcontact/remind_groupmsg_send", "remind_groupmsg_send", "提醒成员群发: remind members"),
    _post("externalcontact/cancel_groupmsg_send", "cancel_groupmsg_send", "停止企业群发: stop a message"),
    _post("externalcontact/get_groupmsg_list_v2", "get_groupmsg_list", "获取群发记录列表: messages to many"),
    _post("externalcontact/get_groupmsg_task", "get_groupmsg_task", "获取群发成员发送任务: who has sent"),
    _post(
        "externalcontact/get_groupmsg_send_result", "get_groupmsg_send_result", "获取企业群发成员执行结果: what became of it"
    ),
    _post("externalcontact/get_group_msg_result", "get_group_msg_result", "获取企业群发结果 (old): what became of it"),
    _post("externalcontact/send_welcome_msg", "send_welcome_msg", "发送新客户欢迎语: greet a new customer"),
    _post("externalcontact/transfer_customer", "transfer_customer", "分配在职成员的客户: customers to another member"),
    _post("externalcontact/transfer", "external_transfer", "分配成员的客户 (old): one customer to another member"),
    _post("externalcontact/transfer_result", "transfer_result", "查询客户接替状态: what became of them"),
    _post("externalcontact/resigned/transfer_customer", "resigned_transfer_customer", "分配离职成员的客户: of who has left"),
    _post(
        "externalcontact/resigned/transfer_result", "resigned_transfer_result", "查询离职客户接替状态: what became of them"
    ),
    _post(
        "externalcontact/get_unassigned_list", "get_unassigned_list", "获取待分配的离职成员列表: customers without a member"
    ),
    # customer service
    _post("kf/account/add", "kf_account_add", "添加客服账号: a new service account"),
    _post("kf/account/del", "kf_account_del", "删除客服账号: close a service account"),
    _post("kf/account/update", "kf_account_update", "修改客服账号: change a service account"),
    _post("kf/account/list", "kf_account_list", "获取客服账号列表: service accounts"),
    _post("kf/add_contact_way", "kf_add_contact_way", "获取客服账号链接: the address for customers"),
    _post("kf/servicer/add", "kf_servicer_add", "添加接待人员: let members serve"),
    _post("kf/servicer/del", "kf_servicer_del", "删除接待人员: let members serve no more"),
    _get("kf/servicer/list", "kf_servicer_list", "获取接待人员列表: who serves"),
    _post("kf/service_state/get", "kf_state_get", "获取会话状态: who serves a customer"),
    _post("kf/service_state/trans", "kf_state_trans", "变更会话状态: lead a session on"),
    _post("kf/sync_msg", "kf_sync_msg", "读取消息: what was written"),
    _post("kf/send_msg", "kf_send_msg", "发送消息: answer a customer"),
    _post("kf/send_msg_on_event", "kf_send_msg_on_event", "发送事件响应消息: answer an event"),
    _post("kf/customer/batchget", "kf_customer_batchget", "获取客户基础信息: customers by id"),
    _post("kf/get_corp_statistic", "kf_statistic", "获取客户数据统计: what was written, by day"),
    _post("kf/get_servicer_statistic", "kf_servicer_statistic", "获取接待人员数据统计: of one servicer"),
    # media
    _post("media/upload", "media_upload", "上传临时素材: a file for messages"),
    _post("media/uploadimg", "media_uploadimg", "上传图片: a picture with an address"),
    _post("media/upload_attachment", "media_upload_attachment", "上传附件资源: a file for moments and albums"),
    _get("media/get", "media_get", "获取临时素材: the file itself"),
    _get("media/get/jssdk", "media_get_jssdk", "获取高清语音素材: the file, as it was uploaded"),
    _post("media/upload_by_url", "media_upload_by_url", "异步上传临时素材: a file that WeCom fetches"),
    _post("media/get_upload_by_url_result", "media_get_upload_by_url_result", "查询异步任务结果: what became of it"),
    # moments, product albums, ways in
    _post("externalcontact/add_moment_task", "add_moment_task", "创建发表任务: a moment for members to publish"),
    _get("externalcontact/get_moment_task_result", "get_moment_task_result", "获取任务创建结果: how far that is"),
    _post("externalcontact/get_moment_list", "get_moment_list", "获取企业全部的发表列表: moments"),
    _post("externalcontact/get_moment_task", "get_moment_task", "获取客户朋友圈企业发表的列表: who has published"),
    _post("externalcontact/get_moment_customer_list", "get_moment_customer_list", "获取发表时选择的可见范围: to whom"),
    _post("externalcontact/get_moment_send_result", "get_moment_send_result", "获取发表后的可见客户列表: who saw it"),
    _post("externalcontact/get_moment_comments", "get_moment_comments", "获取互动数据: what customers said"),
    _post("externalcontact/cancel_moment_task", "cancel_moment_task", "停止发表企业朋友圈: stop it"),
    _post("externalcontact/add_product_album", "add_product_album", "创建商品图册: a new product"),
    _post("externalcontact/get_product_album", "get_product_album", "获取商品图册: one product"),
    _post("externalcontact/get_product_album_list", "get_product_album_list", "获取商品图册列表: products"),
    _post("externalcontact/update_product_album", "update_product_album", "编辑商品图册: change a product"),
    _post("externalcontact/delete_product_album", "delete_product_album", "删除商品图册: delete a product"),
    _post("externalcontact/customer_acquisition/create_link", "acquisition_create", "创建获客链接: a new link"),
    _post("externalcontact/customer_acquisition/get", "acquisition_get", "获取获客链接详情: one link"),
    _post("externalcontact/customer_acquisition/list_link", "acquisition_list", "获取获客链接列表: links"),
    _post("externalcontact/customer_acquisition/update_link", "acquisition_update", "编辑获客链接: change a link"),
    _post("externalcontact/customer_acquisition/delete_link", "acquisition_delete", "删除获客链接: delete a link"),
    _post("externalcontact/customer_acquisition/customer", "acquisition_customers", "获取由获客链接添加的客户: who came"),
    _get("externalcontact/customer_acquisition_quota", "acquisition_quota", "查询剩余使用量: how many more may come"),
    _post("externalcontact/groupchat/add_join_way", "add_join_way", "配置客户群进群方式: a way into chats"),
    _post("externalcontact/groupchat/get_join_way", "get_join_way", "获取客户群进群方式配置: one of them"),
    _post("externalcontact/groupchat/update_join_way", "update_join_way", "更新客户群进群方式配置: change it"),
    _post("externalcontact/groupchat/del_join_way", "del_join_way", "删除客户群进群方式配置: delete it"),
    # one person, several names
    _post("externalcontact/unionid_to_external_userid", "unionid_to_external_userid", "unionid 转 external_userid"),
    _post("externalcontact/convert_to_openid", "external_convert_to_openid", "external_userid 转 openid"),
    _post("externalcontact/opengid_to_chatid", "opengid_to_chatid", "客户群 opengid 转换: the chat of an opengid"),
    _post("externalcontact/get_new_external_userid", "get_new_external_userid", "转换 external_userid: the new ids"),
    _post("externalcontact/contact_list", "contact_list", "获取已服务的外部联系人: every bond, a row each"),
    _get("corp/get_join_qrcode", "get_join_qrcode", "获取加入企业二维码: the code to join by"),
    _post("user/get_active_stat", "get_active_stat", "获取企业活跃成员数: how many are active"),
    _post("auth/get_tfa_info", "get_tfa_info", "获取用户二次验证信息: whose second factor is asked for"),
    _post("user/tfa_succ", "tfa_succ", "使用二次验证: it was given"),
    # audit and payments
    _post("msgaudit/get_permit_user_list", "audit_permit_user_list", "获取会话内容存档开启成员列表: who is audited"),
    _post("msgaudit/check_single_agree", "audit_check_single_agree", "单聊会话同意情况: who has agreed"),
    _post("msgaudit/check_room_agree", "audit_check_room_agree", "群聊会话同意情况: who in a room has agreed"),
    _post("msgaudit/groupchat/get", "audit_groupchat_get", "获取会话内容存档内部群信息: a room of members"),
    _post("externalpay/addmerchant", "pay_addmerchant", "新增商户号: bind a merchant number"),
    _post("externalpay/getmerchant", "pay_getmerchant", "查询商户号详情: a merchant number"),
    _post("externalpay/delmerchant", "pay_delmerchant", "删除商户号: unbind a merchant number"),
    _post("externalpay/set_mch_use_scope", "pay_set_scope", "设置商户号使用范围: who may use it"),
    _post("externalpay/get_bill_list", "pay_bill_list", "获取对外收款记录: bills"),
    _post("externalpay/get_fund_flow", "pay_fund_flow", "获取资金流水: the flow of funds"),
    _post("externalpay/get_payment_info", "pay_payment_info", "获取收款项目的商户单号: orders of a collection"),
)
"""Every endpoint that is served."""

BY_EITHER = frozenset({"/cgi-bin/kf/account/list", "/cgi-bin/externalpay/getmerchant"})
"""Endpoints that clients ask with GET and with POST."""

UPLOADS = frozenset(
    {
        "/cgi-bin/webhook/upload_media",
        "/cgi-bin/media/upload",
        "/cgi-bin/media/uploadimg",
        "/cgi-bin/media/upload_attachment",
    }
)
"""Endpoints whose body is a file."""

EMPTY: Mapping[str, Mapping[str, Any]] = {
    "/cgi-bin/getcallbackip": {"ip_list": []},
    "/cgi-bin/get_api_domain_ip": {"ip_list": []},
    "/cgi-bin/externalcontact/list": {"external_userid": []},
    "/cgi-bin/externalcontact/get": {"external_contact": {}, "follow_user": []},
    "/cgi-bin/externalcontact/batch/get_by_user": {"external_contact_list": []},
    "/cgi-bin/externalcontact/unionid_to_external_userid": {"external_userid": ""},
}
"""Endpoints whose errors bring what they would have told, empty."""

QUERIED = frozenset({"/cgi-bin/menu/create"})
"""POST endpoints that take parameters from the query too."""
